// The ranking beside the picture: it drives the picture and is driven by it.
const table = document.getElementById('table');
const chooser = document.getElementById('table-kind');
const MOST_ROWS = 400; // until all are asked for
const COLUMNS = {
  name: ['Name', false], exposure: ['Exposure', true], before: ['First', true], after: ['Second', true],
  usd: ['USD', true], first: ['Hit in', true], confidence: ['Conf', false],
};

function rowExposure(key) {
  const one = scenario => (rowsOf[scenario].get(key) || {exposure: 0}).exposure;
  return state.scenario === DIFFERENCE ? one(1) - one(0) : one(state.scenario);
}

// Rows of the kind shown, filtered as the picture is, sorted as the reader wants.
function rowsShown() {
  const scenario = state.scenario === DIFFERENCE ? 1 : state.scenario;
  const rows = (scenarios[scenario].tables[state.table] || []).map(row => {
    const key = state.table + '/' + row.id, first = rowsOf[0].get(key), second = scenarios.length > 1 ? rowsOf[1].get(key) : undefined;
    const difference = state.scenario === DIFFERENCE;
    return {
      key, name: row.name, confidence: row.confidence, first: row.first, exposure: rowExposure(key),
      usd: difference ? (row.usd === null || !first || first.usd === null ? null : row.usd - first.usd) : row.usd,
      before: first ? first.exposure : 0, after: second ? second.exposure : 0, reason: row.reason,
    };
  });
  const kept = rows.filter(row => state.signs.has(signOf(row.exposure)) && state.grades.has(row.confidence) && (!state.country || rowCountry(row.key)));
  const blank = row => row[state.sort] === null || row[state.sort] === undefined;
  const order = (a, b) => (typeof a === 'string' ? a.localeCompare(b, 'en') : a - b);
  return kept.sort((a, b) => blank(a) - blank(b) || (blank(a) ? 0 : (state.down ? -1 : 1) * order(a[state.sort], b[state.sort])) || a.name.localeCompare(b.name, 'en'));
}

const rowCountry = key => key === 'countries/' + state.country || blocksOfRow(key).some(place => leavesOf(place).some(leaf => blocks[leaf].country === state.country));

function columnsShown() {
  if (state.scenario === DIFFERENCE) return ['name', 'exposure', 'before', 'after'];
  return horizon ? ['name', 'exposure', 'usd', 'first', 'confidence'] : ['name', 'exposure', 'usd', 'confidence'];
}

const cellText = (row, column) => ({name: row.name, exposure: percent(row.exposure), before: percent(row.before), after: percent(row.after), usd: dollars(row.usd), first: row.first === null || row.first === undefined ? '–' : 'wk ' + row.first, confidence: row.confidence})[column];

function showTable() {
  const rows = rowsShown(), columns = columnsShown();
  if (!columns.includes(state.sort)) state.sort = 'exposure';
  const head = el('tr'), body = el('tbody');
  for (const column of columns) {
    const [title, number] = COLUMNS[column];
    const cell = el('th', undefined, {scope: 'col', class: number ? 'num' : ''});
    const sorted = state.sort === column;
    if (sorted) cell.setAttribute('aria-sort', state.down ? 'descending' : 'ascending');
    const name = state.scenario !== DIFFERENCE ? title : {exposure: 'Change', before: shortNames()[0], after: shortNames()[1]}[column] || title;
    cell.append(button(name + (sorted ? (state.down ? ' ▼' : ' ▲') : ''), () => {
      state.down = sorted ? !state.down : false;
      state.sort = column;
      changed();
      showTable();
      const again = table.querySelectorAll('th button')[columns.indexOf(column)];
      if (again) again.focus();
    }));
    head.append(cell);
  }
  const chosen = chosenKey();
  const listed = state.every ? rows : rows.slice(0, MOST_ROWS);
  if (chosen && !listed.some(row => row.key === chosen)) listed.push(...rows.filter(row => row.key === chosen));
  for (const row of listed) {
    const line = el('tr', undefined, row.key === chosen ? {class: 'on'} : {});
    line.dataset.key = row.key;
    for (const column of columns) {
      const cell = el('td', column === 'name' ? undefined : cellText(row, column), {class: COLUMNS[column][1] ? 'num ' + (column === 'exposure' ? toneOf(row.exposure) : '') : ''});
      if (column === 'name') cell.append(button(row.name, () => chooseRow(row.key), row.key === chosen ? {'aria-current': 'true', title: row.reason} : {title: row.reason}));
      line.append(cell);
    }
    body.append(line);
  }
  const top = el('thead');
  top.append(head);
  const caption = el('caption', 'Ranking of ' + KIND_WORDS[state.table] + ', exposure as a share', {class: 'hidden'});
  table.replaceChildren(caption, top, body);
  const every = byId('every');
  every.hidden = listed.length >= rows.length;
  every.textContent = 'Show all ' + rows.length + ' rows';
  const of = (scenarios[0].tables[state.table] || []).length;
  document.getElementById('table-note').textContent = (rows.length < of ? rows.length + ' of ' + of + ' rows. ' : '') + 'Shares are of ' + scenarios[0].shares[state.table] + '; a mean over the run, USD a year, first week below 99 % of output.';
}

const chosenKey = () => state.row || (state.selected >= 0 ? entityOf(state.selected) : '');

// A row that stands for one block selects it; one that stands for many lights them all up.
function chooseRow(key) {
  const found = blocksOfRow(key);
  const single = found.find(place => blocks[place].id.startsWith('company:')) ?? (found.length === 1 ? found[0] : undefined);
  if (single !== undefined) { select(single, {brings: true}); return; }
  Object.assign(state, {selected: -1, link: null, path: -1, row: key});
  const opens = key.startsWith('countries/') ? false : reveal(found.filter(place => found.length <= 12));
  changed(...(opens ? ['structure'] : []), 'choice');
  const first = found.map(shownFor).find(place => place >= 0);
  if (first !== undefined) bring(first);
  const row = rowsOf[0].get(key);
  if (row) say(row.name + ': ' + percent(rowExposure(key)));
}

// Mark the chosen row, and turn to the table that has it.
function markRow() {
  const key = chosenKey(), kind = key.slice(0, key.indexOf('/'));
  if (key && kind !== state.table && scenarios[0].tables[kind] && state.selected >= 0) {
    state.table = kind;
    chooser.value = kind;
    showTable();
  }
  let line = null;
  for (const each of table.querySelectorAll('tbody tr')) {
    const here = each.dataset.key === key;
    each.classList.toggle('on', here);
    const name = each.querySelector('button');
    if (here) { name.setAttribute('aria-current', 'true'); line = each; } else name.removeAttribute('aria-current');
  }
  if (!line || line.contains(document.activeElement)) return;
  const box = table.parentElement, top = line.offsetTop - 40;
  if (top < box.scrollTop || top > box.scrollTop + box.clientHeight - 80) box.scrollTop = top;
}

function startTable() {
  for (const kind of Object.keys(scenarios[0].tables)) chooser.append(el('option', KIND_WORDS[kind], {value: kind}));
  chooser.value = state.table;
  chooser.addEventListener('change', () => { state.table = chooser.value; changed(); showTable(); });
  table.addEventListener('keydown', event => {
    if (!['ArrowDown', 'ArrowUp'].includes(event.key)) return;
    const names = [...table.querySelectorAll('tbody button')], at = names.indexOf(document.activeElement);
    const to = names[at + (event.key === 'ArrowDown' ? 1 : -1)];
    if (at < 0 || !to) return;
    event.preventDefault();
    to.focus();
  });
  byId('every').addEventListener('click', () => { state.every = true; showTable(); table.parentElement.focus(); });
  document.getElementById('copy').addEventListener('click', () => {
    const columns = columnsShown(), lines = [columns.map(column => COLUMNS[column][0])];
    rowsShown().forEach(row => lines.push(columns.map(column => safeCell(cellText(row, column)))));
    copyText(lines.map(line => line.join('\t')).join('\n'), 'Table copied');
  });
  on('choice', markRow);
  on('paint', showTable);
  on('structure', showTable);
}

// Text for a spreadsheet: no cell of text starts a formula; a number's sign is plain.
const safeCell = text => (/^[−+\-]?[\d.]/.test(text) ? text.replace(MINUS, '-').replace(/^\+/, '') : /^[=+\-@\t＝＋－＠]/.test(text) ? "'" + text : text).replace(/[\t\r\n]+/g, ' ');
