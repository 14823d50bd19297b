// What the reader chose, what follows from it, and the address that says so.
const DIFFERENCE = 2;
const WHOLE = -1; // the mean over the run instead of a week
const GRADES = ['A', 'B', 'C'];
const SIGNS = {harm: 'harmed', favour: 'favoured', none: 'untouched'};
const state = {
  scenario: 0, week: WHOLE, selected: -1, link: null, hovered: -1, hoveredLink: null, path: -1, row: '',
  level: 0, opened: new Set(data.levels[0]), size: 'share', theme: 'auto', weak: true, country: '',
  kinds: new Set(Object.keys(data.kinds)), stages: new Set(data.stages.keys()), signs: new Set(Object.keys(SIGNS)),
  grades: new Set(GRADES), table: 'companies', sort: 'exposure', down: false, every: false,
};

const listeners = {structure: [], paint: [], choice: []};
const on = (what, listener) => listeners[what].push(listener);
// structure: what is drawn changed; choice: what is selected; paint: only how it looks
function changed(...what) {
  for (const kind of ['structure', 'choice', 'paint']) if (what.includes(kind)) listeners[kind].forEach(listener => listener());
  writeAddress();
}

const valueAt = (scenario, block, week) => {
  const told = scenarios[scenario].blocks[block];
  if (week === WHOLE) return told.exposure;
  return told.weeks ? told.weeks[Math.min(week, told.weeks.length - 1)] / 1000 : 0;
};

function exposureOf(block, week = state.week) {
  if (state.scenario === DIFFERENCE) return valueAt(1, block, week) - valueAt(0, block, week);
  return valueAt(state.scenario, block, week);
}

function usdOf(block) {
  const usd = scenario => scenarios[scenario].blocks[block].usd;
  if (state.scenario === DIFFERENCE) return usd(0) === undefined ? undefined : usd(1) - usd(0);
  return usd(state.scenario);
}

// share of its usual stock that a block still holds; undefined where it holds none
function stockOf(block) {
  const told = scenarios[state.scenario === DIFFERENCE ? 1 : state.scenario].blocks[block];
  if (told.cover === undefined || state.week === WHOLE) return undefined;
  return told.stock ? told.stock[Math.min(state.week, told.stock.length - 1)] / 1000 : 1;
}

function stepOf(exposure) {
  const size = Math.abs(exposure);
  const step = data.style.steps.filter(edge => size >= edge - 1e-12).length;
  return exposure < 0 ? -step : step;
}
const signOf = exposure => ['harm', 'none', 'favour'][Math.sign(stepOf(exposure)) + 1];

// share of a link that measures stop, in the week shown or over the run
function stoppedOn(link, scenario, week) {
  const place = link[LINK.throughs][scenario];
  if (place === undefined || place < 0) return 0;
  const series = data.throughs[place];
  if (week !== WHOLE) return 1 - series[Math.min(week, series.length - 1)] / 100;
  return 1 - series.reduce((sum, value) => sum + value, 0) / (100 * series.length);
}

function stoppedOf(lifted) {
  const one = scenario => {
    let whole = 0, lost = 0;
    for (const place of lifted.links) {
      const link = data.links[place];
      whole += link[LINK.quantity];
      lost += link[LINK.quantity] * stoppedOn(link, scenario, state.week);
    }
    return whole > 0 ? lost / whole : 0;
  };
  return state.scenario === DIFFERENCE ? one(1) - one(0) : one(state.scenario);
}

const gradeOf = place => {
  const row = rowsOf[0].get(entityOf(place));
  return blocks[place].grade || (row && row.confidence) || '';
};

function leafShows(place) {
  const block = blocks[place];
  return (!state.country || block.country === state.country) && (!gradeOf(place) || state.grades.has(gradeOf(place)));
}

function shows(place) {
  const block = blocks[place];
  if (!state.kinds.has(block.kind) || !state.stages.has(block.stage)) return false;
  if (state.signs.size < 3 && !state.signs.has(signOf(exposureOf(place, WHOLE)))) return false;
  return leavesOf(place).some(leafShows);
}

const filterCount = () => Number(state.kinds.size < Object.keys(data.kinds).length) + Number(state.stages.size < data.stages.length)
  + Number(state.signs.size < 3) + Number(state.grades.size < 3) + Number(Boolean(state.country)) + Number(!state.weak);

// Open the groups that hide a block.
function reveal(places) {
  let opens = false;
  for (const place of places) {
    for (const group of above(place)) {
      if (!state.opened.has(group)) { state.opened.add(group); opens = true; }
    }
  }
  return opens;
}

function addressOf() {
  const words = new URLSearchParams();
  if (state.selected >= 0) words.set('at', blocks[state.selected].id);
  else if (state.row) words.set('row', state.row);
  if (state.path >= 0) words.set('path', String(state.path));
  if (state.scenario) words.set('scenario', state.scenario === DIFFERENCE ? 'difference' : scenarios[state.scenario].name);
  if (state.week !== WHOLE) words.set('week', String(state.week));
  if (state.level) words.set('level', String(state.level));
  const base = new Set(data.levels[state.level]);
  const extra = [...state.opened].filter(place => !base.has(place)), less = [...base].filter(place => !state.opened.has(place));
  if (extra.length) words.set('open', extra.map(place => blocks[place].id).join('\t'));
  if (less.length) words.set('closed', less.map(place => blocks[place].id).join('\t'));
  if (state.size !== 'share') words.set('size', state.size);
  if (state.theme !== 'auto') words.set('theme', state.theme);
  if (state.country) words.set('country', state.country);
  if (!state.weak) words.set('weak', 'no');
  const all = {kinds: Object.keys(data.kinds), stages: [...data.stages.keys()], signs: Object.keys(SIGNS), grades: GRADES};
  for (const [name, values] of Object.entries(all)) {
    if (state[name].size < values.length) words.set(name, [...state[name]].join(','));
  }
  if (state.table !== 'companies') words.set('table', state.table);
  if (state.sort !== 'exposure' || state.down) words.set('sort', (state.down ? '-' : '') + state.sort);
  return words.toString();
}

let written = '';
function writeAddress() {
  const address = addressOf();
  if (address === written) return;
  written = address;
  try {
    history.replaceState(null, '', '#' + address);
  } catch (_) {
    location.replace('#' + address);
  }
}

// Take over what an address says; what it does not know is left as it is.
function readAddress() {
  const words = new URLSearchParams(location.hash.slice(1));
  written = words.toString();
  const places = name => (words.get(name) || '').split('\t').filter(id => placeOf.has(id)).map(id => placeOf.get(id));
  const number = (name, least, most) => {
    const value = Number(words.get(name));
    return words.has(name) && Number.isInteger(value) && value >= least && value <= most ? value : undefined;
  };
  state.level = number('level', 0, data.levels.length - 1) ?? 0;
  state.opened = new Set(data.levels[state.level]);
  places('open').forEach(place => state.opened.add(place));
  places('closed').forEach(place => state.opened.delete(place));
  const [at] = places('at');
  state.selected = at ?? -1;
  state.link = null;
  state.row = at === undefined && rowsOf[0].has(words.get('row')) ? words.get('row') : '';
  if (at !== undefined) reveal([at]);
  const named = scenarios.findIndex(scenario => scenario.name === words.get('scenario'));
  state.scenario = words.get('scenario') === 'difference' && scenarios.length > 1 ? DIFFERENCE : Math.max(0, named);
  state.week = horizon ? number('week', 0, horizon) ?? WHOLE : WHOLE;
  state.path = number('path', 0, 99) ?? -1;
  state.size = words.get('size') === 'usd' ? 'usd' : 'share';
  state.theme = ['light', 'dark'].includes(words.get('theme')) ? words.get('theme') : 'auto';
  state.country = countryNames.has(words.get('country')) ? words.get('country') : '';
  state.weak = words.get('weak') !== 'no';
  const all = {kinds: Object.keys(data.kinds), stages: [...data.stages.keys()], signs: Object.keys(SIGNS), grades: GRADES};
  for (const [name, values] of Object.entries(all)) {
    const wanted = words.has(name) ? words.get(name).split(',') : values.map(String);
    state[name] = new Set(values.filter(value => wanted.includes(String(value))));
  }
  if (Object.hasOwn(KIND_WORDS, words.get('table'))) state.table = words.get('table');
  const sort = words.get('sort') || 'exposure';
  state.down = sort.startsWith('-');
  state.sort = ['name', 'exposure', 'usd', 'first', 'confidence', 'before', 'after'].includes(sort.replace(/^-/, '')) ? sort.replace(/^-/, '') : 'exposure';
}
