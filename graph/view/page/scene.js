// What is drawn and where, and how it is painted: on the screen, on paper, into a PNG.
const scene = {scale: 1, drawn: [], links: [], x: new Map(), y: new Map(), tops: [0], column: data.layout.column, lit: null, litLinks: null, looks: null};
const OWNER_REACH = 1; // columns; longer links of ownership are drawn when asked for
const DIM = 0.1;
const LAST = 1.2; // the last column, which has no links to its right, is so much wider for its labels
const WIDTHS = [0.6, 1.1, 1.9, 3.1, 4.6]; // of links, by share
const SHARES = [0.03, 0.1, 0.25, 0.5];
const ALPHAS = [0.22, 0.3, 0.42, 0.55, 0.7];
const CUT = 0.01; // share stopped from which a link counts as controlled
const MARKED = 0.05; // from which it carries a bar
const MOST_DASHED = 1500; // links in view; of more, the weak ones are paler instead

function buildScene() {
  scene.drawn = drawnWhen(state.opened, shows);
  scene.links = liftLinks(scene.drawn, link => state.weak || !link[LINK.weak]);
  Object.assign(scene, placeBlocks(scene.drawn, scene.column));
  scene.shown = new Set(scene.drawn);
  scene.into = new Map();
  scene.from = new Map();
  for (const link of scene.links) {
    if (!scene.into.has(link.target)) scene.into.set(link.target, []);
    if (!scene.from.has(link.source)) scene.from.set(link.source, []);
    scene.into.get(link.target).push(link);
    scene.from.get(link.source).push(link);
  }
  scene.byWeight = [...scene.drawn].sort((a, b) => blocks[b].weight - blocks[a].weight || a - b);
  light();
}

// the drawn block that a leaf or group is in, -1 where it is filtered out
function shownFor(place) {
  if (scene.shown.has(place)) return place;
  const group = above(place).find(at => scene.shown.has(at));
  if (group !== undefined) return group;
  return -1;
}

// Choose what is lit: what is hovered or selected and what belongs to it; null lights everything.
function light() {
  scene.looks = null;
  scene.lit = scene.litLinks = null;
  if (state.hoveredLink || state.link) {
    const link = state.hoveredLink || state.link;
    scene.lit = new Set([link.source, link.target]);
    scene.litLinks = new Set([link]);
  } else if (state.hovered >= 0 && state.hovered !== state.selected) around([state.hovered]);
  else if (state.path >= 0 && pathOf()) lightPath(pathOf());
  else if (state.selected >= 0) {
    const shown = isLeaf(state.selected) || scene.shown.has(state.selected) ? [shownFor(state.selected)] : leavesOf(state.selected).map(shownFor);
    const paths = storiesOf(state.selected).flatMap(story => story.paths);
    if (paths.length) paths.slice(0, 3).forEach(lightPath);
    else around(shown);
    shown.forEach(place => scene.lit.add(place));
  } else if (state.row) {
    const found = blocksOfRow(state.row).map(shownFor).filter(place => place >= 0);
    if (found.length) around(found);
  }
}

function around(places) {
  scene.lit = scene.lit || new Set();
  scene.litLinks = scene.litLinks || new Set();
  for (const place of places) {
    scene.lit.add(place);
    for (const link of scene.into.get(place) || []) { scene.lit.add(link.source); scene.litLinks.add(link); }
    for (const link of scene.from.get(place) || []) { scene.lit.add(link.target); scene.litLinks.add(link); }
  }
}

function lightPath(path) {
  scene.lit = scene.lit || new Set();
  scene.litLinks = scene.litLinks || new Set();
  const steps = path.blocks.map(step => new Set(step.map(shownFor).filter(place => place >= 0)));
  steps.forEach((step, place) => {
    step.forEach(block => scene.lit.add(block));
    const before = place ? steps[place - 1] : new Set();
    step.forEach(block => {
      for (const link of scene.into.get(block) || []) if (before.has(link.source)) scene.litLinks.add(link);
    });
  });
}

// stories of a block's entity under the scenario shown; the second one's under a difference
function storiesOf(place) {
  const key = place >= 0 ? entityOf(place) : state.row;
  const told = key && scenarios[state.scenario === DIFFERENCE ? 1 : state.scenario].stories[key];
  return told ? [told] : [];
}
const pathOf = () => storiesOf(state.selected).flatMap(story => story.paths)[state.path];

const isDark = () => document.documentElement.dataset.theme === 'dark';
const themeOf = dark => {
  const scale = data.style.scales[dark ? 'dark' : 'light'];
  return dark
    ? {scale, paper: '#14171c', ink: '#edf0f4', soft: '#aab3c0', edge: '#8f99a8', band: '#1d2026', line: '#8f8672', cut: '#ff8f4d', ring: '#8ec5ff', sign: ['#14171c', '#14171c'], alpha: 1.1}
    : {scale, paper: '#ffffff', ink: '#14181f', soft: '#525c6b', edge: '#7d8796', band: '#f4f1ea', line: '#8a8271', cut: '#c2440e', ring: '#0b57a4', sign: ['#ffffff', '#ffffff'], alpha: 1};
};

function colourOf(exposure, theme) {
  const step = stepOf(exposure);
  if (step === 0) return theme.scale.none;
  return (step < 0 ? theme.scale.harm : theme.scale.favour)[Math.abs(step) - 1];
}

let mostUsd = 0;
function radiusOf(place) {
  const [least, most] = data.style.radius;
  let size = Math.min(Math.abs(exposureOf(place)), data.style.full) / data.style.full;
  if (state.size === 'usd') {
    if (!mostUsd) {
      mostUsd = 1;
      scenarios.forEach(told => told.blocks.forEach((value, at) => { if (isLeaf(at)) mostUsd = Math.max(mostUsd, Math.abs(value.usd || 0)); }));
    }
    size = Math.min(1, Math.abs(usdOf(place) || 0) / mostUsd);
  }
  const radius = least + (most - least) * Math.sqrt(size);
  return Math.min(Math.max(radius, (least * 0.5 + radius * 0.12) / scene.scale), Math.max(radius, data.layout.row * 0.42));
}

const curveOf = link => {
  const x1 = scene.x.get(link.source), y1 = scene.y.get(link.source), x2 = scene.x.get(link.target), y2 = scene.y.get(link.target);
  const bend = Math.max(40, Math.abs(x2 - x1) / 2);
  return [x1, y1, x1 + bend, y1, x2 - bend, y2, x2, y2];
};
const pointOn = (c, t) => {
  const s = 1 - t;
  return [s * s * s * c[0] + 3 * s * s * t * c[2] + 3 * s * t * t * c[4] + t * t * t * c[6], s * s * s * c[1] + 3 * s * s * t * c[3] + 3 * s * t * t * c[5] + t * t * t * c[7]];
};
const isDrawn = link => !link.owner || Math.abs(blocks[link.target].stage - blocks[link.source].stage) <= OWNER_REACH || Boolean(scene.litLinks && scene.litLinks.has(link));
const isLit = link => !scene.litLinks || scene.litLinks.has(link);

// How each link looks: worked out once, painted many times.
function looksOf() {
  if (scene.looks) return scene.looks;
  scene.looks = scene.links.filter(isDrawn).map(link => {
    const stopped = stoppedOf(link), size = SHARES.filter(edge => link.share >= edge).length;
    return {
      c: curveOf(link), stopped, size, lit: isLit(link), weak: link.weak, bar: Math.abs(stopped) >= MARKED && size >= 1 && !link.owner,
      look: link.owner ? 'owner' : Math.abs(stopped) < CUT ? 'free' : stopped > 0 ? 'cut' : 'freed',
    };
  });
  return scene.looks;
}

const channel = (hex, at) => parseInt(hex.slice(1 + 2 * at, 3 + 2 * at), 16);
// A colour as it looks with some opacity on the paper: opaque strokes paint many times faster.
function onPaper(colour, alpha, theme) {
  return '#' + [0, 1, 2].map(at => Math.round(channel(theme.paper, at) + alpha * (channel(colour, at) - channel(theme.paper, at))).toString(16).padStart(2, '0')).join('');
}

// Paint links, those of one look in one stroke; `rect` leaves out what lies outside, in units of the picture.
function paintLinks(ctx, theme, scale, rect = null) {
  const seen = rect ? looksOf().filter(({c}) => c[6] > rect.left && c[0] < rect.right && Math.max(c[1], c[7]) > rect.top && Math.min(c[1], c[7]) < rect.bottom) : looksOf();
  const dashes = seen.length <= MOST_DASHED, buckets = new Map(), bars = new Map();
  for (const each of seen) {
    const key = [each.lit ? 1 : 0, each.size, each.look, each.weak ? 1 : 0].join();
    if (!buckets.has(key)) buckets.set(key, {...each, curves: []});
    buckets.get(key).curves.push(each.c);
    if (!each.bar) continue;
    const mark = [each.lit ? 1 : 0, each.size > 1 ? 1 : 0, each.stopped > 0 ? 1 : 0].join();
    if (!bars.has(mark)) bars.set(mark, []);
    bars.get(mark).push(each);
  }
  for (const key of [...buckets.keys()].sort()) {
    const {lit, size, look, weak, curves} = buckets.get(key);
    const colour = look === 'cut' ? theme.cut : look === 'freed' ? theme.scale.favour[2] : theme.edge;
    const strength = (scene.litLinks && lit ? 0.85 : ALPHAS[size]) * theme.alpha * (look === 'owner' ? 0.7 : 1) * (lit ? 1 : DIM / 0.4) * (weak && !dashes ? 0.7 : 1);
    ctx.strokeStyle = onPaper(colour, Math.min(1, strength), theme);
    ctx.lineWidth = WIDTHS[size] * Math.max(0.8, Math.min(0.75 / scale, 2.2));
    ctx.setLineDash(weak && dashes ? [5 / scale, 4 / scale] : []);
    ctx.beginPath();
    for (const c of curves) {
      ctx.moveTo(c[0], c[1]);
      ctx.bezierCurveTo(c[2], c[3], c[4], c[5], c[6], c[7]);
    }
    ctx.stroke();
  }
  ctx.setLineDash([]);
  for (const mark of [...bars.keys()].sort()) paintBars(ctx, bars.get(mark), theme, scale);
}

// A bar across a link says that a measure holds it back, a longer one that it holds back more.
function paintBars(ctx, bars, theme, scale) {
  const [{lit, size, stopped}] = bars, by = Math.max(scale, 0.45);
  ctx.strokeStyle = onPaper(stopped > 0 ? theme.cut : theme.scale.favour[3], lit ? 0.95 : DIM, theme);
  ctx.lineWidth = (size > 1 ? 2.2 : 1.4) / by;
  ctx.beginPath();
  for (const bar of bars) {
    const [x, y] = pointOn(bar.c, 0.5), [x2, y2] = pointOn(bar.c, 0.53);
    const length = Math.hypot(x2 - x, y2 - y) || 1, half = (3 + 3 * Math.min(1, Math.abs(bar.stopped))) / by;
    const dx = -(y2 - y) / length * half, dy = (x2 - x) / length * half;
    ctx.moveTo(x - dx, y - dy);
    ctx.lineTo(x + dx, y + dy);
  }
  ctx.stroke();
}

function paintBands(ctx, theme, scale) {
  const left = -60, right = (data.stages.length - 2 + LAST) * scene.column + scene.column * 0.98;
  data.bands.forEach((_, band) => {
    const top = scene.tops[band], bottom = scene.tops[band + 1] - data.layout.gap;
    if (bottom <= top) return;
    if (band === 0 && data.bands.length > 1) {
      ctx.fillStyle = theme.band;
      ctx.fillRect(left, top - 8, right - left, bottom - top + 16);
    }
  });
  for (let band = 1; band < data.bands.length; band += 1) {
    const y = scene.tops[band] - data.layout.gap / 2;
    ctx.strokeStyle = theme.line;
    ctx.lineWidth = 1 / scale;
    ctx.setLineDash([2 / scale, 3 / scale]);
    ctx.beginPath();
    ctx.moveTo(left, y);
    ctx.lineTo(right, y);
    ctx.stroke();
    ctx.setLineDash([]);
  }
}

const CORNERS = {
  triangle: [[0, -1.15], [1.05, 0.8], [-1.05, 0.8]],
  diamond: [[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]],
  hexagon: [[1.1, 0], [0.55, -0.95], [-0.55, -0.95], [-1.1, 0], [-0.55, 0.95], [0.55, 0.95]],
  square: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
};
function outline(ctx, shape, x, y, r) {
  ctx.beginPath();
  const corners = CORNERS[shape === 'database' ? 'square' : shape];
  if (!corners) { ctx.arc(x, y, r, 0, 2 * Math.PI); return; }
  corners.forEach(([dx, dy], at) => (at ? ctx.lineTo(x + r * dx, y + r * dy) : ctx.moveTo(x + r * dx, y + r * dy)));
  ctx.closePath();
}

function paintBlock(ctx, place, x, y, theme) {
  const block = blocks[place], exposure = exposureOf(place), r = radiusOf(place);
  const shape = data.shapes[block.kind];
  ctx.globalAlpha = scene.lit && !scene.lit.has(place) ? DIM * 2 : 1;
  ctx.fillStyle = colourOf(exposure, theme);
  ctx.strokeStyle = theme.paper;
  ctx.lineWidth = 1.4;
  if (!isLeaf(place)) {
    outline(ctx, shape, x + 3, y - 3, r);
    ctx.fill();
    ctx.stroke();
  }
  outline(ctx, shape, x, y, r);
  if (block.kind === 'unknown') {
    ctx.fillStyle = theme.paper;
    ctx.strokeStyle = theme.soft;
    ctx.setLineDash([2, 2]);
  }
  ctx.fill();
  ctx.stroke();
  ctx.setLineDash([]);
  paintStock(ctx, place, x, y, r, theme);
  const step = Math.abs(stepOf(exposure));
  if (step >= 3 && block.kind !== 'unknown') { // a sign, so that colour is not alone
    ctx.strokeStyle = theme.sign[0];
    ctx.lineWidth = 2;
    const half = Math.min(4.5, r * 0.5);
    ctx.beginPath();
    ctx.moveTo(x - half, y);
    ctx.lineTo(x + half, y);
    if (exposure > 0) { ctx.moveTo(x, y - half); ctx.lineTo(x, y + half); }
    ctx.stroke();
  }
  if (place === state.selected || place === state.hovered) {
    ctx.strokeStyle = theme.ring;
    ctx.lineWidth = 2.5;
    outline(ctx, shape, x, y, r + 4);
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
  return r;
}

// A ring that empties as stock runs out.
function paintStock(ctx, place, x, y, r, theme) {
  const stock = stockOf(place);
  if (stock === undefined || stock >= 0.995) return;
  ctx.lineWidth = 2;
  ctx.strokeStyle = theme.soft;
  ctx.beginPath();
  ctx.arc(x, y, r + 3.5, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * Math.max(0, stock));
  ctx.stroke();
  ctx.lineWidth = 0.7;
  ctx.beginPath();
  ctx.arc(x, y, r + 3.5, 0, 2 * Math.PI);
  ctx.stroke();
}
