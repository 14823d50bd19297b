// The panel that says why, in sentences, with the facts behind them.
const why = document.getElementById('why');
const MOST_LINKS = 6;
const el = (tag, text, attributes = {}) => {
  const made = document.createElement(tag);
  if (text !== undefined && text !== null) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
};
const button = (text, act, attributes = {}) => {
  const made = el('button', text, {type: 'button', ...attributes});
  made.addEventListener('click', act);
  return made;
};

function say(text) { document.getElementById('live').textContent = text; }

function showWhy() {
  why.replaceChildren();
  if (state.link) whyLink(state.link);
  else if (state.selected >= 0) whyBlock(state.selected);
  else if (state.row) whyRow(state.row);
  else whyNothing();
}

function heading(text, tone) {
  const head = el('h2');
  head.append(el('span', text, tone ? {class: tone} : {}));
  if (state.selected >= 0 || state.row || state.link) head.append(button('Close', letGo, {'aria-label': 'Close: let go of ' + text}));
  return head;
}

const toneOf = exposure => ({harm: 'harm', favour: 'favour', none: ''})[signOf(exposure)];

function whyNothing() {
  why.append(heading('What the picture shows'));
  const told = state.scenario === DIFFERENCE ? ['The difference between ' + scenarios[0].title + ' and ' + scenarios[1].title + ': blue is better off under the second, orange worse.'] : [];
  told.push('Goods move from left to right, from the mine to the company. ' + (data.bands.length > 1 ? 'Above the dotted line stands ' + data.bands[0] + ', whose measures act; below it everyone else. ' : '') + (state.scenario === DIFFERENCE ? 'Blue links are let through again, orange ones held back more.' : 'Orange links are held back by a measure, and a bar across one says how much.'));
  told.push('Choose a block, a link or a row to see why. Stacked blocks are groups: a double click opens one.');
  told.forEach(text => why.append(el('p', text)));
  why.append(el('h3', 'Measures in force'));
  const list = el('ul');
  for (const [key, measure] of Object.entries(scenarios[state.scenario === DIFFERENCE ? 1 : state.scenario].measures)) {
    list.append(el('li', measure.title + ' (' + key + (measure.effective ? ', in effect from ' + measure.effective : '') + ')'));
  }
  if (!list.childElementCount) list.append(el('li', 'none'));
  why.append(list);
}

function whyBlock(place) {
  const exposure = exposureOf(place);
  why.append(heading(titleOf(place) + ' ' + percent(exposure), toneOf(exposure)));
  const kind = [data.kinds[isLeaf(place) ? blocks[place].kind : 'group'], data.stages[blocks[place].stage]].filter((text, at, all) => !at || text.toLowerCase() !== all[0].toLowerCase());
  why.append(el('p', kind.join(' · ') + (isLeaf(place) ? '' : ' · ' + leavesOf(place).length + ' in it'), {class: 'soft'}));
  if (!isLeaf(place)) {
    const open = state.opened.has(place);
    why.append(button(open ? 'Close this group' : 'Open this group', () => toggleGroup(place)));
  } else if (blocks[place].parent !== undefined) {
    const group = blocks[place].parent;
    why.append(button('Fold into ' + blocks[group].label, () => closeGroup(group)));
  }
  sentencesOf(place).forEach(text => why.append(el('p', text)));
  spark(place);
  stories(place);
  neighbours(place, 'Supplied by', linksOfBlock(place, scene.into).filter(link => !link.owner), link => link.source);
  neighbours(place, 'Supplies', linksOfBlock(place, scene.from).filter(link => !link.owner), link => link.target);
  neighbours(place, blocks[place].kind === 'company' ? 'Earns from' : 'Earns for', [...linksOfBlock(place, scene.into), ...linksOfBlock(place, scene.from)].filter(link => link.owner), link => (link.source === shownFor(place) ? link.target : link.source));
  const facts = [...linksOfBlock(place, scene.into), ...linksOfBlock(place, scene.from)].sort((a, b) => b.share - a.share).slice(0, 4).flatMap(link => link.links.slice(0, 2).flatMap(at => data.links[at][LINK.facts].slice(0, 3)));
  factList([...new Set([...storiesOf(place).flatMap(story => story.paths.flatMap(path => path.facts)), ...facts])].slice(0, 10));
}

function whyRow(key) {
  const row = rowsOf[state.scenario === DIFFERENCE ? 1 : state.scenario].get(key);
  if (!row) { whyNothing(); return; }
  const exposure = rowExposure(key);
  why.append(heading(row.name + ' ' + percent(exposure), toneOf(exposure)));
  why.append(el('p', 'Its exposure is a share of ' + scenarios[0].shares[row.kind] + '.'));
  if (state.scenario !== DIFFERENCE) rowSentences(row).forEach(text => why.append(el('p', text)));
  const found = [...new Set(blocksOfRow(key).map(shownFor).filter(place => place >= 0))].sort((a, b) => blocks[b].weight - blocks[a].weight);
  why.append(el('h3', 'In the picture'));
  const list = el('ul');
  found.slice(0, 12).forEach(place => list.append(item(titleOf(place), percent(exposureOf(place)), () => select(place, {brings: true}))));
  if (found.length > 12) list.append(el('li', 'and ' + (found.length - 12) + ' more'));
  if (!found.length) list.append(el('li', 'nothing that is drawn: the filters leave it out'));
  why.append(list);
}

function whyLink(link) {
  why.append(heading(titleOf(link.source) + ' → ' + titleOf(link.target)));
  linkSentences(link).forEach(text => why.append(el('p', text)));
  const list = el('ul');
  [link.source, link.target].forEach(place => list.append(item(titleOf(place), percent(exposureOf(place)), () => select(place, {brings: true}))));
  why.append(list);
  factList([...new Set(link.links.flatMap(place => data.links[place][LINK.facts]))].slice(0, 8));
}

function item(text, after, act) {
  const made = el('li');
  made.append(button(text, act), ' ' + after);
  made.firstChild.className = 'inline';
  return made;
}

const linksOfBlock = (place, side) => side.get(shownFor(place)) || [];

function neighbours(place, title, links, other) {
  const listed = [...links].sort((a, b) => b.share - a.share).slice(0, MOST_LINKS);
  if (!listed.length) return;
  why.append(el('h3', title));
  const list = el('ul');
  for (const link of listed) {
    const stopped = stoppedOf(link);
    const words = plainPercent(Math.min(1, link.share), link.share < 0.1 ? 1 : 0) + (Math.abs(stopped) >= CUT ? ', ' + plainPercent(Math.abs(stopped)) + (stopped > 0 ? ' stopped' : ' let through again') : '') + (link.weak ? ', weak evidence' : '');
    const made = el('li');
    made.append(button(titleOf(other(link)), () => select(other(link), {brings: true}), {class: 'inline'}), ' ', button(words, () => selectLink(link), {class: 'inline', 'aria-label': 'The link: ' + words}));
    list.append(made);
  }
  if (links.length > MOST_LINKS) list.append(el('li', 'and ' + (links.length - MOST_LINKS) + ' smaller'));
  why.append(list);
}

// Paths to light up, and what softens the blow.
function stories(place) {
  const [story] = storiesOf(place);
  if (!story) return;
  if (story.paths.length) why.append(el('h3', 'Strongest paths' + (story.softened.length ? ', before what softens them' : '')));
  story.paths.forEach((path, at) => why.append(button(pathText(path), () => {
    state.path = state.path === at ? -1 : at;
    if (state.path >= 0 && reveal(path.blocks.filter(step => step.length === 1).map(step => step[0]))) changed('structure');
    changed('choice');
  }, {class: 'path', 'aria-pressed': String(state.path === at)})));
  const softened = story.softened.map(entry => RELIEF_WORDS[entry.kind] + ' ' + entry.good.replace(/\s*\([^()]*\)/g, '') + ' give back ' + percent(entry.exposure));
  if (softened.length) why.append(el('p', joined(softened).replace(/^./, letter => letter.toUpperCase()) + '.'));
  if (story.survive !== undefined) why.append(el('p', 'If nothing restricted arrived from week 0 on, it would run whole for ' + story.survive + ' weeks.'));
  if (story.recover !== undefined) why.append(el('p', 'Once the measures end it is back above 99 % after ' + story.recover + ' weeks.'));
}

function factList(places) {
  if (!places.length) return;
  why.append(el('h3', 'Facts behind it'));
  const list = el('ul', undefined, {class: 'facts'});
  for (const place of places) {
    const fact = data.facts[place], made = el('li', fact.text);
    const said = [fact.as_of ? 'as of ' + fact.as_of : '', fact.confidence ? 'confidence ' + fact.confidence : '', fact.yours ? 'yours' : ''].filter(Boolean).join(', ');
    if (said) made.append(' [' + said + ']');
    for (const key of fact.sources || []) made.append(' ', sourceOf(key));
    list.append(made);
  }
  why.append(list);
}

// A source is a link where it has an address of the web, else its title.
function sourceOf(key) {
  const source = data.sources[key] || {title: key};
  const text = source.title + (source.published ? ', ' + source.published : '');
  let address = null;
  try {
    address = new URL(source.url);
  } catch (_) {
    address = null;
  }
  if (!address || !['http:', 'https:'].includes(address.protocol)) return el('cite', text);
  return el('a', text, {href: address.href, rel: 'noopener noreferrer', target: '_blank'});
}

// A small curve of the exposure week by week, with the stock that is left.
const SVG = 'http://www.w3.org/2000/svg';
function spark(place) {
  if (!horizon) return;
  const weeks = Array.from({length: horizon}, (_, week) => exposureOf(place, week));
  if (!weeks.some(value => stepOf(value) !== 0)) return;
  const width = 330, height = 74, low = Math.min(0, ...weeks), high = Math.max(0, ...weeks), span = high - low || 1;
  const x = week => 4 + (width - 8) * week / Math.max(1, horizon - 1), y = value => 14 + (height - 30) * (high - value) / span;
  const picture = document.createElementNS(SVG, 'svg');
  picture.setAttribute('viewBox', '0 0 ' + width + ' ' + height);
  picture.setAttribute('class', 'spark');
  picture.setAttribute('role', 'img');
  const worst = weeks.reduce((best, value, week) => (Math.abs(value) > Math.abs(weeks[best]) ? week : best), 0);
  picture.setAttribute('aria-label', 'Week by week: most in week ' + worst + ', ' + percent(weeks[worst]));
  const draw = (name, attributes, text) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    picture.append(made);
  };
  const line = 'M' + weeks.map((value, week) => x(week).toFixed(1) + ' ' + y(value).toFixed(1)).join('L');
  draw('path', {d: line + 'L' + x(horizon - 1).toFixed(1) + ' ' + y(0).toFixed(1) + 'L' + x(0).toFixed(1) + ' ' + y(0).toFixed(1) + 'Z', fill: colourOf(weeks[worst], theme), 'fill-opacity': '0.35'});
  draw('path', {d: line, fill: 'none', stroke: theme.ink, 'stroke-width': '1.5'});
  draw('path', {d: 'M4 ' + y(0).toFixed(1) + 'H' + (width - 4), stroke: theme.edge, 'stroke-width': '1'});
  if (state.week !== WHOLE) draw('path', {d: 'M' + x(Math.min(state.week, horizon - 1)).toFixed(1) + ' 10V' + (height - 14), stroke: theme.ring, 'stroke-width': '1.5'});
  draw('text', {x: 4, y: height - 2, 'font-size': '11', fill: theme.soft}, 'week 0');
  draw('text', {x: width - 4, y: height - 2, 'font-size': '11', fill: theme.soft, 'text-anchor': 'end'}, 'week ' + (horizon - 1));
  draw('text', {x: Math.min(Math.max(x(worst), 60), width - 60), y: 11, 'font-size': '11', fill: theme.ink, 'text-anchor': 'middle'}, percent(weeks[worst]) + ' in week ' + worst);
  why.append(picture);
}
