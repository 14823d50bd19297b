// Search, filters, scenarios, weeks, detail, colours.
const byId = id => document.getElementById(id);
const MOST_FOUND = 12;
const fold = text => text.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLocaleLowerCase('en').replace(/\s+/g, ' ').trim();

// What can be found: blocks by label and other names, rows of rankings that are no single block.
const entries = [];
function gatherEntries() {
  blocks.forEach((block, place) => {
    if (block.id.startsWith('rest:')) return;
    const names = [block.label, titleOf(place), ...(block.names || [])];
    entries.push({text: titleOf(place), hint: data.stages[block.stage], keys: [...new Set(names.map(fold))], weight: block.weight + (isLeaf(place) ? 0 : block.weight), act: () => select(place, {brings: true})});
  });
  for (const kind of ['countries', 'facilities', 'commodities']) {
    for (const row of scenarios[0].tables[kind] || []) {
      if (kind !== 'countries' && blocksOfRow(kind + '/' + row.id).length < 2) continue;
      entries.push({text: row.name, hint: KIND_WORDS[kind], keys: [...new Set([row.name, row.id].map(fold))], weight: Math.abs(row.usd || 0), act: () => { state.table = kind; chooser.value = kind; showTable(); chooseRow(kind + '/' + row.id); }});
    }
  }
}

function find(text) {
  const wanted = fold(text);
  if (!wanted) return [];
  const score = entry => Math.max(...entry.keys.map(key => (key === wanted ? 4 : key.startsWith(wanted) ? 3 : key.includes(' ' + wanted) ? 2 : key.includes(wanted) ? 1 : 0)));
  return entries.map(entry => [score(entry), entry]).filter(([points]) => points > 0)
    .sort((a, b) => b[0] - a[0] || b[1].weight - a[1].weight || a[1].text.localeCompare(b[1].text, 'en')).slice(0, MOST_FOUND).map(([, entry]) => entry);
}

function startSearch() {
  const input = byId('search'), list = byId('found');
  let found = [], active = -1;
  const close = () => { list.hidden = true; active = -1; input.setAttribute('aria-expanded', 'false'); input.removeAttribute('aria-activedescendant'); };
  const mark = place => {
    active = place;
    [...list.children].forEach((line, at) => line.setAttribute('aria-selected', String(at === place)));
    if (place >= 0) { input.setAttribute('aria-activedescendant', 'found-' + place); list.children[place].scrollIntoView({block: 'nearest'}); }
  };
  const choose = place => { const entry = found[place]; if (!entry) return; input.value = entry.text; close(); entry.act(); };
  input.addEventListener('input', () => {
    if (!entries.length) gatherEntries();
    found = find(input.value);
    list.replaceChildren(...found.map((entry, at) => {
      const line = el('li', undefined, {role: 'option', id: 'found-' + at, 'aria-selected': 'false'});
      line.append(el('span', entry.text), el('span', entry.hint, {class: 'soft'}));
      line.addEventListener('mousedown', event => { event.preventDefault(); choose(at); });
      return line;
    }));
    list.hidden = !found.length;
    input.setAttribute('aria-expanded', String(Boolean(found.length)));
    if (found.length) mark(0);
    else { active = -1; input.removeAttribute('aria-activedescendant'); }
    say(input.value.trim() ? found.length + ' found' : '');
  });
  input.addEventListener('keydown', event => {
    if (event.key === 'ArrowDown' && found.length) { mark((active + 1) % found.length); event.preventDefault(); }
    else if (event.key === 'ArrowUp' && found.length) { mark((active + found.length - 1) % found.length); event.preventDefault(); }
    else if (event.key === 'Enter') { if (active >= 0 && !list.hidden) choose(active); }
    else if (event.key === 'Escape') { if (list.hidden) input.value = ''; close(); }
  });
  input.addEventListener('blur', close);
}

function ticks(holderId, name, options) {
  const place = byId(holderId);
  for (const [value, text] of options) {
    const label = el('label', undefined, {class: 'tick'}), box = el('input', undefined, {type: 'checkbox'});
    box.checked = state[name].has(value);
    box.dataset.name = name;
    box.addEventListener('change', () => {
      if (box.checked) state[name].add(value);
      else state[name].delete(value);
      filtered();
    });
    box.value = String(value);
    label.append(box, ' ' + text);
    place.append(label);
  }
}

function filtered() {
  byId('filter-count').textContent = filterCount() ? '(' + filterCount() + ')' : '';
  if (state.selected >= 0 && !shows(state.selected)) state.selected = -1;
  state.link = null;
  changed('structure', 'choice');
  say(scene.drawn.length + ' blocks shown');
}

function startFilters() {
  const kinds = new Set(blocks.map(block => block.kind));
  ticks('filter-kind', 'kinds', Object.entries(data.kinds).filter(([kind]) => kinds.has(kind)));
  ticks('filter-stage', 'stages', data.stages.map((title, stage) => [stage, title]));
  ticks('filter-sign', 'signs', Object.entries(SIGNS));
  ticks('filter-grade', 'grades', GRADES.map(grade => [grade, grade + ({A: ', official or filed', B: ', derived', C: ', weak'})[grade]]));
  const country = byId('filter-country');
  country.append(el('option', 'all', {value: ''}));
  [...new Set(blocks.map(block => block.country).filter(Boolean))].sort((a, b) => nameOfCountry(a).localeCompare(nameOfCountry(b), 'en'))
    .forEach(iso => country.append(el('option', nameOfCountry(iso), {value: iso})));
  country.value = state.country;
  country.addEventListener('change', () => { state.country = country.value; filtered(); });
  const weak = byId('filter-weak');
  weak.checked = !state.weak;
  weak.addEventListener('change', () => { state.weak = !weak.checked; filtered(); });
  byId('filter-reset').addEventListener('click', () => {
    Object.assign(state, {kinds: new Set(Object.keys(data.kinds)), stages: new Set(data.stages.keys()), signs: new Set(Object.keys(SIGNS)), grades: new Set(GRADES), country: '', weak: true});
    showControls();
    filtered();
  });
  const sheet = byId('filters');
  document.addEventListener('mousedown', event => { if (!sheet.contains(event.target)) sheet.open = false; });
  sheet.addEventListener('keydown', event => { if (event.key === 'Escape') { sheet.open = false; sheet.querySelector('summary').focus(); } });
  byId('filter-count').textContent = filterCount() ? '(' + filterCount() + ')' : '';
}

function startScenarios() {
  if (scenarios.length < 2) return;
  const place = byId('scenario-choice');
  place.hidden = false;
  [...shortNames(), 'difference'].forEach((name, at) => {
    const label = el('label'), box = el('input', undefined, {type: 'radio', name: 'scenario', value: String(at)});
    box.checked = state.scenario === at;
    box.addEventListener('change', () => {
      state.scenario = at;
      changed('paint', 'choice');
      showHead();
      say(at === DIFFERENCE ? 'Difference, second less first' : scenarios[at].title);
    });
    label.append(box, el('span', name));
    place.append(label);
  });
}

// Names of the two scenarios without the words with which both begin.
function shortNames() {
  const names = scenarios.map(scenario => scenario.name.split('-'));
  let same = 0;
  while (same < Math.min(names[0].length, names[1].length) - 1 && names[0][same] === names[1][same]) same += 1;
  return names.map(words => words.slice(same).join('-'));
}

const titleShown = () => (state.scenario === DIFFERENCE ? 'From ' + shortNames()[0] + ' to ' + shortNames()[1] + ': the difference' : scenarios[state.scenario].title);

function showHead() {
  const difference = state.scenario === DIFFERENCE;
  document.querySelector('h1').textContent = document.title = titleShown();
  byId('lead').textContent = difference ? 'From "' + scenarios[0].title + '" to "' + scenarios[1].title + '": blue is better off under the second, orange worse off.' : scenarios[state.scenario].lead;
}

const STEP_TIME = 700; // milliseconds a week
let timer = 0;
function startPlayer() {
  if (!horizon) return;
  byId('player').hidden = false;
  const slider = byId('week');
  slider.max = String(horizon);
  slider.addEventListener('input', () => { stop(); showWeek(Number(slider.value)); });
  byId('play').addEventListener('click', () => (timer ? stop() : play()));
  byId('whole').addEventListener('click', () => { stop(); showWeek(WHOLE); });
  on('paint', markWeek);
  markWeek();
}

function markWeek() {
  const slider = byId('week');
  slider.value = String(state.week === WHOLE ? 0 : state.week);
  slider.setAttribute('aria-valuetext', weekText(state.week));
  byId('whole').setAttribute('aria-pressed', String(state.week === WHOLE));
  byId('week-text').textContent = state.week === WHOLE ? 'Shown: the mean over ' + horizon + ' weeks' : weekText(state.week).replace(/^./, letter => letter.toUpperCase()) + (state.week ? '' : ', measures begin');
}

function showWeek(week) {
  state.week = week;
  changed('paint', 'choice');
}

function play() {
  if (state.week === WHOLE || state.week >= horizon) showWeek(0);
  byId('play').textContent = 'Pause';
  byId('play').setAttribute('aria-pressed', 'true');
  timer = setInterval(() => {
    if (state.week >= horizon) { stop(); return; }
    showWeek(state.week + 1);
  }, calm.matches ? 2 * STEP_TIME : STEP_TIME);
}

function stop() {
  clearInterval(timer);
  timer = 0;
  byId('play').textContent = 'Play';
  byId('play').setAttribute('aria-pressed', 'false');
}

const LEVEL_WORDS = ['reading', 'more', 'most'];
function startLevels() {
  const chooserOfLevel = byId('level');
  data.levels.forEach((level, at) => {
    const count = drawnWhen(new Set(level), () => true).length;
    const before = at ? drawnWhen(new Set(data.levels[at - 1]), () => true).length : -1;
    if (at && count === before) return;
    chooserOfLevel.append(el('option', LEVEL_WORDS[at] + ' (' + count + ')', {value: String(at)}));
  });
  chooserOfLevel.value = String(state.level);
  chooserOfLevel.addEventListener('change', () => {
    state.level = Number(chooserOfLevel.value);
    state.opened = new Set(data.levels[state.level]);
    picture.moved = false;
    changed('structure', 'choice');
    fitColumns();
    say(scene.drawn.length + ' blocks shown');
  });
  byId('size').value = state.size;
  byId('size').addEventListener('change', () => { state.size = byId('size').value; changed('paint'); });
}

const THEMES = ['auto', 'light', 'dark'];
const dark = matchMedia('(prefers-color-scheme: dark)');
function showTheme() {
  document.documentElement.dataset.theme = state.theme === 'auto' ? (dark.matches ? 'dark' : 'light') : state.theme;
  const told = byId('theme'), words = {auto: 'Auto', light: 'Light', dark: 'Dark'};
  told.textContent = words[state.theme];
  told.setAttribute('aria-label', 'Colours: ' + {auto: 'automatic', light: 'light', dark: 'dark'}[state.theme]);
}

function startTheme() {
  showTheme();
  const turn = () => { showTheme(); changed('paint', 'choice'); showLegend(); };
  byId('theme').addEventListener('click', () => { state.theme = THEMES[(THEMES.indexOf(state.theme) + 1) % 3]; turn(); });
  dark.addEventListener('change', turn);
}

function showLegend() {
  const place = byId('legend'), paint = themeOf(isDark());
  place.replaceChildren();
  const swatch = (draw, text) => {
    const item = el('span', undefined, {class: 'item'}), canvas = el('canvas', undefined, {width: 36, height: 36, 'aria-hidden': 'true'});
    canvas.style.width = canvas.style.height = '18px';
    const ctx = canvas.getContext('2d');
    ctx.scale(2, 2);
    draw(ctx);
    item.append(canvas, el('span', text));
    place.append(item);
  };
  const fill = colour => ctx => { ctx.fillStyle = colour; ctx.fillRect(1, 3, 16, 12); };
  const steps = data.style.steps, edge = at => '≥ ' + (100 * steps[at]).toFixed(at ? 0 : 2) + ' %';
  [4, 3, 2, 1, 0].forEach(at => swatch(fill(paint.scale.harm[at]), (at === 4 ? 'harmed ' : '') + edge(at)));
  swatch(fill(paint.scale.none), 'untouched');
  [0, 1, 2, 3, 4].forEach(at => swatch(fill(paint.scale.favour[at]), edge(at) + (at === 4 ? ' favoured' : '')));
  const kinds = new Set(blocks.map(block => block.kind));
  for (const [kind, text] of Object.entries(data.kinds)) {
    if (kind !== 'group' && !kinds.has(kind)) continue;
    swatch(ctx => {
      ctx.fillStyle = paint.soft;
      ctx.strokeStyle = paint.paper;
      if (kind === 'group') { outline(ctx, 'dot', 11, 7, 5); ctx.fill(); ctx.stroke(); }
      outline(ctx, kind === 'group' ? 'dot' : data.shapes[kind], kind === 'group' ? 8 : 9, kind === 'group' ? 10 : 9, kind === 'group' ? 5 : 6);
      if (kind === 'unknown') { ctx.strokeStyle = paint.soft; ctx.setLineDash([2, 2]); ctx.stroke(); } else { ctx.fill(); ctx.stroke(); }
    }, text);
  }
  const line = (colour, dash, bar) => ctx => {
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1.6;
    ctx.setLineDash(dash);
    ctx.beginPath(); ctx.moveTo(0, 9); ctx.lineTo(18, 9); ctx.stroke();
    if (bar) { ctx.setLineDash([]); ctx.lineWidth = 2.2; ctx.beginPath(); ctx.moveTo(9, 4); ctx.lineTo(9, 14); ctx.stroke(); }
  };
  swatch(line(paint.cut, [], true), 'held back by a measure');
  swatch(line(paint.edge, []), 'delivery');
  swatch(line(paint.edge, [4, 3]), 'on weak evidence');
  if (horizon) swatch(ctx => { ctx.strokeStyle = paint.soft; ctx.lineWidth = 2; ctx.beginPath(); ctx.arc(9, 9, 6, -Math.PI / 2, 0.9); ctx.stroke(); }, 'stock left, week by week');
  place.append(el('span', 'Larger: more exposed'));
}

// Set the controls to what the state says.
function showControls() {
  for (const box of document.querySelectorAll('#filters input[data-name]')) {
    const values = state[box.dataset.name];
    box.checked = values.has(box.dataset.name === 'stages' ? Number(box.value) : box.value);
  }
  byId('filter-country').value = state.country;
  byId('filter-weak').checked = !state.weak;
  byId('filter-count').textContent = filterCount() ? '(' + filterCount() + ')' : '';
  byId('level').value = String(state.level);
  byId('size').value = state.size;
  chooser.value = state.table;
  document.querySelectorAll('#scenario-choice input').forEach((box, at) => { box.checked = at === state.scenario; });
}
