// What the page knows: blocks, links, scenarios, as Python wrote them down.
const data = JSON.parse(document.getElementById('data').textContent);
const blocks = data.blocks;
const children = blocks.map(() => []);
const roots = [];
blocks.forEach((block, place) => (block.parent === undefined ? roots : children[block.parent]).push(place));
const LINK = {source: 0, target: 1, share: 2, quantity: 3, owner: 4, weak: 5, evidence: 6, facts: 7, throughs: 8, stopped: 9, good: 10};
const scenarios = data.scenarios;
const horizon = scenarios[0].horizon;
const placeOf = new Map(blocks.map((block, place) => [block.id, place]));
const isLeaf = place => children[place].length === 0;

function leavesOf(place) {
  if (isLeaf(place)) return [place];
  return children[place].flatMap(leavesOf);
}

function above(place) {
  const found = [];
  for (let at = blocks[place].parent; at !== undefined; at = blocks[at].parent) found.push(at);
  return found;
}

// links by their ends, as places in data.links
const linksInto = blocks.map(() => []);
const linksFrom = blocks.map(() => []);
data.links.forEach((link, place) => {
  linksInto[link[LINK.target]].push(place);
  linksFrom[link[LINK.source]].push(place);
});

// rows of rankings by 'kind/id', one map for each scenario
const KIND_WORDS = {companies: 'companies', countries: 'countries', facilities: 'facilities', 'end-uses': 'end uses', commodities: 'goods'};
const rowsOf = scenarios.map(scenario => {
  const found = new Map();
  for (const [kind, rows] of Object.entries(scenario.tables)) {
    rows.forEach((row, place) => found.set(kind + '/' + row.id, {...row, rank: place + 1, of: rows.length, kind}));
  }
  return found;
});

const countryNames = new Map(scenarios.flatMap(scenario => (scenario.tables.countries || []).map(row => [row.id, row.name])));
blocks.forEach(block => {
  if (block.country && !countryNames.has(block.country)) countryNames.set(block.country, block.country);
});
const nameOfCountry = iso => countryNames.get(iso) || iso;

// entity of a block: 'kind/id', blank where the rankings have none
const entityOf = place => {
  const entity = blocks[place].entity;
  return entity ? entity[0] + '/' + entity[1] : '';
};

// leaves that stand for a row of a ranking
function blocksOfRow(key) {
  const cut = key.indexOf('/');
  const kind = key.slice(0, cut), id = key.slice(cut + 1);
  const found = [];
  blocks.forEach((block, place) => {
    const entity = block.entity;
    if (entity && entity[0] === kind && entity[1] === id) found.push(place);
    else if (kind === 'countries' && block.country === id && isLeaf(place)) found.push(place);
    else if (kind === 'commodities' && block.good === id && isLeaf(place) && block.kind !== 'unknown') found.push(place);
  });
  return found;
}

// What is drawn when some groups are open: places in the order of the columns.
function drawnWhen(opened, shows) {
  const found = [];
  const visit = place => {
    if (opened.has(place) && children[place].length) children[place].forEach(visit);
    else if (shows(place)) found.push(place);
  };
  roots.forEach(visit);
  return found;
}

// Links between drawn blocks, as in chainshock.graph.view.fold.lift: shares of what the target needs of the goods.
function liftLinks(drawn, keeps) {
  const shown = new Int32Array(blocks.length).fill(-1);
  drawn.forEach(block => leavesOf(block).forEach(leaf => { shown[leaf] = block; }));
  const needs = new Map(), found = new Map();
  data.links.forEach((link, place) => {
    const source = shown[link[LINK.source]], target = shown[link[LINK.target]];
    if (target < 0) return;
    const need = needKey(target, link);
    if (!needs.has(need)) needs.set(need, new Map());
    if (link[LINK.share] > 0) needs.get(need).set(link[LINK.target], link[LINK.quantity] / link[LINK.share]);
    if (source < 0 || source === target || !keeps(link)) return;
    const key = (source * blocks.length + target) * 2 + link[LINK.owner];
    let lifted = found.get(key);
    if (!lifted) {
      lifted = {source, target, owner: link[LINK.owner], links: [], quantity: 0, weak: 0};
      found.set(key, lifted);
    }
    lifted.links.push(place);
    lifted.quantity += link[LINK.quantity];
    lifted.weak += link[LINK.weak] ? link[LINK.quantity] : 0;
  });
  return [...found.values()].map(lifted => {
    let need = 0;
    for (const key of new Set(lifted.links.map(place => needKey(lifted.target, data.links[place])))) {
      for (const amount of needs.get(key).values()) need += amount;
    }
    return {...lifted, share: need > 0 ? lifted.quantity / need : 0, weak: lifted.weak > 0.5 * lifted.quantity};
  });
}

const needKey = (target, link) => target + ' ' + link[LINK.owner] + ' ' + link[LINK.good];

// Places of drawn blocks, as in chainshock.graph.view.layout.place; columns as far apart as the screen wants.
function placeBlocks(drawn, column) {
  const {row, spread, gap} = data.layout;
  const columns = new Map();
  drawn.forEach(block => {
    const key = blocks[block].band * 1000 + blocks[block].stage;
    if (!columns.has(key)) columns.set(key, []);
    columns.get(key).push(block);
  });
  const x = new Map(), y = new Map(), tops = [0];
  data.bands.forEach((_, band) => {
    let rows = 0;
    for (const [key, here] of columns) if (Math.floor(key / 1000) === band) rows = Math.max(rows, here.length);
    const height = rows * row, top = tops[band];
    for (const [key, here] of columns) {
      if (Math.floor(key / 1000) !== band) continue;
      const step = Math.min(height / here.length, spread * row);
      const start = top + (height - step * here.length) / 2;
      here.forEach((block, place) => {
        x.set(block, (key % 1000) * column);
        y.set(block, start + (place + 0.5) * step);
      });
    }
    tops.push(top + height + (rows ? gap : 0));
  });
  return {x, y, tops};
}
