// Numbers and sentences. Everything here returns text; nothing here touches the page.
const MINUS = '−';
const PART_WORDS = {
  input: 'input not delivered', orders_lost: 'orders lost', gain: 'lost deliveries of others taken over',
  derived_orders: 'orders from those who take over', price_sold: 'the price of what it sells', price_bought: 'the price of what it buys',
};
const PARTS = Object.keys(PART_WORDS);
const RELIEF_WORDS = {stock: 'stocks of', 'catch-up': 'deliveries above baseline of', thrift: 'thrift with'};

function percent(share, digits = 1) {
  if (share === null || share === undefined || !Number.isFinite(share)) return '–';
  const text = Math.abs(100 * share).toFixed(digits);
  if (Number(text) === 0) return share !== 0 && Math.abs(share) >= 5e-7 ? (share < 0 ? MINUS : '+') + '0.0 %' : '0 %';
  return (share < 0 ? MINUS : '+') + text + ' %';
}
const plainPercent = (share, digits = 0) => (100 * share).toFixed(digits) + ' %';

function dollars(usd) {
  if (usd === null || usd === undefined) return '–';
  const size = Math.abs(usd), sign = usd < 0 ? MINUS : '+';
  if (size >= 1e9) return sign + (size / 1e9).toFixed(1) + ' bn';
  if (size >= 1e6) return sign + (size / 1e6).toFixed(size >= 1e7 ? 0 : 1) + ' m';
  return size < 5e3 ? '0' : sign + (size / 1e6).toFixed(2) + ' m';
}

const titleOf = place => blocks[place].label + (blocks[place].place ? ', ' + blocks[place].place : '');
const weekText = week => (week === WHOLE ? 'mean over the ' + horizon + ' weeks' : week >= horizon ? 'end of the run' : 'week ' + week);
const joined = words => (words.length < 2 ? words.join('') : words.slice(0, -1).join(', ') + ' and ' + words[words.length - 1]);

function shareOfWhat(place) {
  const kind = blocks[place].kind;
  if (kind === 'company') return usdOf(place) === undefined ? 'of its output' : 'of its whole revenue';
  return usdOf(place) === undefined ? 'of its output' : 'of the value of what it makes';
}

// The sentences of a block under the scenario and the week shown.
function sentencesOf(place) {
  const exposure = exposureOf(place, WHOLE), usd = usdOf(place), words = [];
  const verb = exposure < 0 ? 'loses' : 'gains', name = blocks[place].label;
  const group = !isLeaf(place);
  if (state.scenario === DIFFERENCE) words.push(...differenceSentences(place));
  else if (stepOf(exposure) === 0) words.push(name + (group ? ' are' : ' is') + ' not touched: ' + percent(exposure, 2) + '.');
  else {
    const money = usd === undefined ? '' : ', USD ' + dollars(usd).slice(1) + ' a year,';
    const when = horizon ? ' on average over ' + horizon + ' weeks' : ' without stocks and without end';
    words.push(name + ' ' + (group ? verb.slice(0, -1) : verb) + ' ' + plainPercent(Math.abs(exposure), 1) + ' ' + shareOfWhat(place) + money + when + '.');
  }
  const row = state.scenario === DIFFERENCE ? undefined : rowsOf[state.scenario].get(entityOf(place));
  if (row) words.push(...rowSentences(row));
  if (state.scenario !== DIFFERENCE) words.push(...timeSentences(place));
  if (state.week !== WHOLE) words.push(weekSentence(place));
  return words;
}

function differenceSentences(place) {
  const before = valueAt(0, place, WHOLE), after = valueAt(1, place, WHOLE), name = blocks[place].label;
  const change = after - before;
  const first = stepOf(change) === 0 ? 'It makes no difference to ' + name + ' which of the two holds'
    : name + ' is ' + percent(Math.abs(change)).slice(1) + ' ' + (change < 0 ? 'worse' : 'better') + ' off under ' + scenarios[1].title + ' than under ' + scenarios[0].title;
  return [first + ': ' + percent(before) + ' there, ' + percent(after) + ' here.'];
}

function rowSentences(row) {
  const words = ['It is number ' + row.rank + ' of ' + row.of + ' ' + KIND_WORDS[row.kind] + ', the most harmed first.'];
  if (row.interval) {
    words.push('With assumptions drawn from their ranges it lies between ' + percent(row.interval[0]) + ' and ' + percent(row.interval[1]) + ' in nine runs of ten (rank ' + row.ranks[0] + ' to ' + row.ranks[1] + ').');
  } else if (row.bounds && Math.abs(row.bounds[0] - row.bounds[1]) >= 5e-4) {
    words.push('If all supply of unknown origin came from the issuer it would be ' + percent(row.bounds[0]) + ', if none did ' + percent(row.bounds[1]) + '.');
  }
  const parts = PARTS.filter(part => Math.abs(row.parts[part] || 0) >= 5e-4).map(part => percent(row.parts[part]) + ' ' + PART_WORDS[part]);
  if (parts.length > 1) words.push('It is made of ' + joined(parts) + '.');
  if (row.basis.includes('project')) words.push('It is a project: there is no output to lose yet, the figure is what prices do to what it is to make.');
  words.push('Main reason: ' + row.reason + ' (confidence ' + row.confidence + ').');
  return words;
}

function timeSentences(place) {
  const told = scenarios[state.scenario].blocks[place], words = [];
  if (!horizon) return words;
  if (told.cover !== undefined) {
    const least = told.stock ? Math.min(...told.stock) / 1000 : 1;
    const low = least < 0.995 ? ', down to ' + plainPercent(least) + ' in week ' + told.stock.indexOf(Math.min(...told.stock)) : '';
    words.push('Of the input that runs lowest it holds ' + told.cover.toFixed(1) + ' weeks of stock' + low + '.');
  }
  if (told.first !== undefined) {
    words.push('Output is below 99 % from week ' + told.first + ' on' + (told.stop === undefined ? '' : '; the first of its firms stand still in week ' + told.stop) + '.');
  } else if (stepOf(told.exposure) < 0) words.push('Its output stays above 99 % in every week.');
  return words;
}

function weekSentence(place) {
  const stock = stockOf(place);
  const left = stock === undefined ? '' : '; ' + plainPercent(stock) + ' of its usual stock is left';
  return (state.week >= horizon ? 'At the end of the run' : 'In week ' + state.week) + ': ' + percent(exposureOf(place)) + left + '.';
}

// The sentences of a link.
function linkSentences(lifted) {
  const source = titleOf(lifted.source), target = titleOf(lifted.target);
  const share = plainPercent(Math.min(lifted.share, 1), lifted.share < 0.1 ? 1 : 0);
  const words = [];
  if (lifted.owner) words.push(target + ' earns ' + share + ' of its value in the graph there: ' + source + '.');
  else if (blocks[lifted.source].kind === 'mine') words.push(source + ' makes ' + share + ' of it: ' + target + '.');
  else words.push(source + ' supplies ' + share + ' of what ' + target + ' needs of it.');
  const stopped = new Map();
  let whole = 0;
  const scenario = state.scenario === DIFFERENCE ? 1 : state.scenario;
  for (const place of lifted.links) {
    const link = data.links[place];
    whole += link[LINK.quantity];
    for (const [measure, lost] of link[LINK.stopped][scenario] || []) stopped.set(measure, (stopped.get(measure) || 0) + lost * link[LINK.quantity]);
  }
  const listed = [...stopped].sort((a, b) => b[1] - a[1]).slice(0, 3);
  if (listed.length) {
    const told = listed.map(([measure, lost]) => plainPercent(lost / whole, 0) + ' by ' + measureName(data.measures[measure], scenario));
    words.push('Over the run measures stop ' + joined(told) + '.');
  } else if (!lifted.owner) words.push('No measure in force stops it.');
  if (state.week !== WHOLE && listed.length) words.push('In ' + weekText(state.week) + ' ' + plainPercent(Math.max(0, stoppedOf(lifted))) + ' is stopped.');
  const evidence = [...new Set(lifted.links.map(place => data.texts[data.links[place][LINK.evidence]]))].filter(Boolean);
  if (evidence.length) words.push('It rests on ' + joined(evidence) + (lifted.weak ? ': weak evidence.' : '.'));
  return words;
}

function measureName(key, scenario) {
  const told = scenarios[scenario].measures[key];
  return told ? told.title + ' (' + key + ')' : key;
}

// The way of a path in words: one block a step, the makers of a country where there are several.
function routeText(path) {
  const steps = path.blocks.filter(step => step.length).map(step => {
    const block = blocks[step[0]];
    if (step.length === 1) return titleOf(step[0]) + (block.place || block.kind === 'company' ? '' : ', ' + nameOfCountry(block.country || ''));
    const group = block.parent === undefined ? block.label : blocks[block.parent].label;
    return group + ', ' + nameOfCountry(block.country || '');
  });
  return steps.length ? steps.map(step => step.replace(/, $/, '')).join(' → ') : path.route;
}

function pathText(path) {
  const words = [percent(path.exposure, 2) + ' (' + PART_WORDS[path.part] + '): ' + routeText(path) + '.'];
  if (path.first_week !== undefined) {
    if (path.first_week === path.cut_week) words.push('Felt from week ' + path.first_week + '.');
    else {
      const why = [path.stock_weeks ? 'stocks last ' + path.stock_weeks + ' weeks' : '', path.transit_weeks ? path.transit_weeks + ' weeks are spent under way' : ''].filter(Boolean);
      words.push('Less arrives from week ' + path.cut_week + '; ' + (why.length ? joined(why) + '; ' : '') + 'felt from week ' + path.first_week + '.');
    }
  }
  return words.join(' ');
}
