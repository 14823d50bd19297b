// The picture on the screen: vis-network moves, finds and redraws; this file tells it what and how.
const holder = document.getElementById('picture');
const tip = document.getElementById('tip');
const calm = matchMedia('(prefers-reduced-motion: reduce)');
const HEAD = 26; // pixels kept for headings
const LEAST_SCALE = 0.62; // at which labels can be read, on a narrow screen
const NARROW_COLUMN = 165; // pixels of a column then
const NARROW = 700; // pixels; below, the picture is wider than the screen
let network, nodeSet, theme = themeOf(false);

const viewOf = () => {
  const scale = network.getScale(), {x, y} = network.getViewPosition();
  const width = holder.clientWidth, height = holder.clientHeight;
  return {scale, width, height, top: HEAD, x: at => (at - x) * scale + width / 2, y: at => (at - y) * scale + height / 2};
};

function startPicture() {
  const drawnFirst = data.network;
  nodeSet = new vis.DataSet();
  const options = {...drawnFirst.options, autoResize: true};
  network = new vis.Network(holder, {nodes: nodeSet, edges: new vis.DataSet()}, options);
  network.on('beforeDrawing', ctx => {
    theme = themeOf(isDark());
    const scale = network.getScale();
    scene.scale = scale;
    paintBands(ctx, theme, scale);
    blitLinks(ctx);
  });
  network.on('afterDrawing', ctx => {
    const ratio = ctx.canvas.width / Math.max(1, ctx.canvas.clientWidth);
    ctx.save();
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    const view = viewOf();
    picture.labels = paintLabels(ctx, view, theme);
    paintHeads(ctx, view, theme);
    ctx.restore();
    picture.frames += 1;
  });
  network.on('click', event => pick(event));
  network.on('doubleClick', event => { if (event.nodes.length) toggleGroup(Number(event.nodes[0])); });
  network.on('hoverNode', event => hover(Number(event.node)));
  network.on('blurNode', () => hover(-1));
  network.on('dragStart', () => hideTip());
  holder.addEventListener('mousemove', event => follow(event));
  holder.addEventListener('mouseleave', () => { hover(-1); hoverLink(null); });
  holder.addEventListener('keydown', event => steer(event));
  const canvas = holder.querySelector('canvas');
  canvas.setAttribute('role', 'presentation');
  on('structure', rebuild);
  on('choice', () => { light(); network.redraw(); });
  on('paint', () => { scene.looks = null; network.redraw(); });
  new ResizeObserver(() => fitColumns()).observe(holder);
}

const picture = {frames: 0, labels: [], first: true};

// Hand the drawn blocks to vis-network: at first those that pyvis placed, then as groups open and close.
function rebuild() {
  buildScene();
  const nodes = scene.drawn.map(place => ({
    id: place, shape: 'custom', physics: false, fixed: true, x: scene.x.get(place), y: scene.y.get(place), label: undefined,
    ctxRenderer: ({ctx, x, y}) => {
      const r = radiusOf(place);
      return {drawNode: () => paintBlock(ctx, place, x, y, theme), nodeDimensions: {width: 2 * r + 6, height: 2 * r + 6}};
    },
  }));
  nodeSet.clear();
  nodeSet.add(nodes);
  network.redraw();
}

// Columns as far apart as the screen wants, so that rows and columns both fill it.
function fitColumns() {
  const width = holder.clientWidth, height = holder.clientHeight - HEAD;
  if (!width || !height) return;
  const rows = Math.max(scene.tops[scene.tops.length - 1] - data.layout.gap, 200);
  const narrow = width < NARROW, scale = Math.min(1.1, Math.max(height / (rows + 70), narrow ? LEAST_SCALE : 0));
  const wanted = narrow ? NARROW_COLUMN / scale : (width / scale - 70) / (data.stages.length - 1 + LAST);
  const column = Math.max(wanted, data.layout.column * 0.86);
  if (Math.abs(column - scene.column) > 2) {
    scene.column = column;
    rebuild();
  }
  if (picture.first || !picture.moved) showAll(false);
}

function bounds() {
  return {left: -66, right: (data.stages.length - 2 + LAST) * scene.column + scene.column * 0.98, top: -26, bottom: Math.max(scene.tops[scene.tops.length - 1] - data.layout.gap + 14, 100)};
}

function showAll(moves = true) {
  const {left, right, top, bottom} = bounds(), width = holder.clientWidth, height = holder.clientHeight;
  const high = (height - HEAD) / (bottom - top), wide = width / (right - left);
  const narrow = width < NARROW;
  const scale = narrow ? Math.max(high, LEAST_SCALE) : Math.min(high, wide);
  const x = narrow ? startColumn(width, scale) : (left + right) / 2;
  const y = narrow && (bottom - top) * scale > height - HEAD ? top + (height - HEAD) / scale / 2 - HEAD / scale / 2 : (top + bottom) / 2 - HEAD / scale / 2;
  moveTo(x, y, scale, moves);
  picture.first = false;
}

// On a narrow screen the view starts where the chain ends, or at what is asked for.
function startColumn(width, scale) {
  const {left, right} = bounds(), half = width / scale / 2;
  const shown = state.selected >= 0 ? shownFor(state.selected) : -1;
  const at = shown >= 0 ? scene.x.get(shown) : right - half;
  return Math.min(Math.max(at, left + half), right - half);
}

function moveTo(x, y, scale, moves) {
  network.moveTo({position: {x, y}, scale, animation: moves && !calm.matches ? {duration: 250, easingFunction: 'easeInOutQuad'} : false});
}

// Bring a block into view without changing what is in view already.
function bring(place) {
  const shown = shownFor(place);
  if (shown < 0) return;
  const view = viewOf(), x = view.x(scene.x.get(shown)), y = view.y(scene.y.get(shown));
  const scale = Math.max(view.scale, 0.5);
  if (x > 30 && x < view.width - 120 && y > HEAD + 20 && y < view.height - 20 && scale === view.scale) return;
  picture.moved = true;
  moveTo(scene.x.get(shown) + 40, scene.y.get(shown), scale, true);
}

function pick(event) {
  picture.moved = true;
  if (event.nodes.length) select(Number(event.nodes[0]));
  else {
    const link = linkAt(event.pointer.canvas);
    if (link) selectLink(link);
    else letGo();
  }
}

function select(place, {brings = false} = {}) {
  const opens = reveal([place]);
  Object.assign(state, {selected: place, link: null, path: -1, row: ''});
  changed(...(opens ? ['structure'] : []), 'choice');
  if (brings) bring(place);
  say(titleOf(place) + ': ' + percent(exposureOf(place)) + (isLeaf(place) ? '' : ', a group of ' + leavesOf(place).length));
}

function selectLink(link) {
  Object.assign(state, {selected: -1, link, path: -1, row: ''});
  changed('choice');
  say(linkSentences(link)[0]);
}

function letGo() {
  Object.assign(state, {selected: -1, link: null, path: -1, row: '', hovered: -1, hoveredLink: null});
  changed('choice');
}

function toggleGroup(place) {
  if (isLeaf(place)) {
    const group = blocks[place].parent;
    if (group === undefined) return;
    closeGroup(group);
    return;
  }
  const opening = !state.opened.has(place);
  if (opening) state.opened.add(place);
  else state.opened.delete(place);
  state.hovered = -1;
  changed('structure', 'choice');
  say(blocks[place].label + (opening ? ' opened: ' + children[place].length + ' blocks' : ' closed'));
}

function closeGroup(group) {
  state.opened.delete(group);
  state.hovered = -1;
  if (state.selected >= 0 && above(state.selected).includes(group)) state.selected = group;
  changed('structure', 'choice');
  say(blocks[group].label + ' closed');
}

let pending = null;
function hover(place) {
  if (state.hovered === place) return;
  state.hovered = place;
  light();
  network.redraw();
}

function hoverLink(link) {
  if (state.hoveredLink === link) return;
  state.hoveredLink = link;
  light();
  network.redraw();
}

function follow(event) {
  if (pending) { pending = event; return; }
  pending = event;
  requestAnimationFrame(() => {
    const box = holder.getBoundingClientRect(), at = {x: pending.clientX - box.left, y: pending.clientY - box.top};
    const pressed = pending.buttons !== 0;
    pending = null;
    if (pressed) return;
    hoverLink(state.hovered >= 0 ? null : linkAt(network.DOMtoCanvas(at)));
    showTip(at);
  });
}

function showTip(at) {
  const place = state.hovered;
  if (place < 0 && !state.hoveredLink) { hideTip(); return; }
  tip.textContent = place >= 0 ? titleOf(place) + ': ' + percent(exposureOf(place)) + (state.week === WHOLE ? '' : ', ' + weekText(state.week)) + (isLeaf(place) ? '' : '. Double click opens it') : linkSentences(state.hoveredLink).slice(0, 2).join(' ');
  tip.hidden = false;
  tip.style.left = Math.min(at.x + 14, Math.max(4, holder.clientWidth - tip.offsetWidth - 6)) + 'px';
  tip.style.top = (at.y + 18 + tip.offsetHeight > holder.clientHeight ? at.y - tip.offsetHeight - 8 : at.y + 18) + holder.offsetTop + 'px';
}
const hideTip = () => { tip.hidden = true; };

// The link nearest to a point of the picture, within a few pixels.
function linkAt({x, y}) {
  const near = 5 / network.getScale();
  let best = null, least = near;
  for (const link of scene.links) {
    if (!isDrawn(link) || (scene.litLinks && !state.hoveredLink && !scene.litLinks.has(link))) continue;
    const c = curveOf(link);
    if (x < c[0] - near || x > c[6] + near || y < Math.min(c[1], c[7]) - near || y > Math.max(c[1], c[7]) + near) continue;
    let before = [c[0], c[1]];
    for (let step = 1; step <= 16; step += 1) {
      const after = pointOn(c, step / 16), dx = after[0] - before[0], dy = after[1] - before[1];
      const t = Math.max(0, Math.min(1, ((x - before[0]) * dx + (y - before[1]) * dy) / (dx * dx + dy * dy || 1)));
      const away = Math.hypot(x - before[0] - t * dx, y - before[1] - t * dy);
      if (away < least || (away === least && best && link.share > best.share)) { least = away; best = link; }
      before = after;
    }
  }
  return best;
}

// Keys while the picture has the focus.
function steer(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const at = state.selected >= 0 ? shownFor(state.selected) : -1;
  const go = place => { if (place >= 0) { select(place, {brings: true}); } };
  const keys = {
    ArrowDown: () => go(besides(at, 1)), ArrowUp: () => go(besides(at, -1)),
    ArrowRight: () => go(across(at, 1)), ArrowLeft: () => go(across(at, -1)),
    Home: () => go(scene.drawn[0]), End: () => go(scene.drawn[scene.drawn.length - 1]),
    Enter: () => { if (at >= 0) document.getElementById('why').focus(); },
    o: () => { if (at >= 0) toggleGroup(at); }, ' ': () => { if (at >= 0) toggleGroup(at); },
    Escape: () => letGo(), '+': () => zoomBy(1.3), '=': () => zoomBy(1.3), '-': () => zoomBy(1 / 1.3), '0': () => showAll(),
  };
  if (!Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]();
}

const columnOf = stage => scene.drawn.filter(place => blocks[place].stage === stage);
function besides(at, step) {
  if (at < 0) return scene.drawn.length ? scene.byWeight[0] : -1;
  const column = columnOf(blocks[at].stage), place = column.indexOf(at) + step;
  return place >= 0 && place < column.length ? column[place] : at;
}

// The strongest neighbour on one side, else the nearest block of the next column.
function across(at, step) {
  if (at < 0) return scene.drawn.length ? scene.byWeight[0] : -1;
  const links = (step > 0 ? scene.from : scene.into).get(at) || [];
  const ends = links.map(link => [link.share, step > 0 ? link.target : link.source]).filter(([, place]) => place !== at).sort((a, b) => b[0] - a[0]);
  if (ends.length) return ends[0][1];
  for (let stage = blocks[at].stage + step; stage >= 0 && stage < data.stages.length; stage += step) {
    const column = columnOf(stage);
    if (column.length) return column.reduce((best, place) => (Math.abs(scene.y.get(place) - scene.y.get(at)) < Math.abs(scene.y.get(best) - scene.y.get(at)) ? place : best));
  }
  return at;
}

function zoomBy(factor) {
  picture.moved = true;
  const {x, y} = network.getViewPosition();
  moveTo(x, y, Math.min(4, Math.max(0.05, network.getScale() * factor)), true);
}

function showStage(stage) {
  const {left, right} = bounds(), scale = network.getScale(), half = holder.clientWidth / scale / 2;
  const {y} = network.getViewPosition();
  picture.moved = true;
  const wanted = stage * scene.column + half - 40;
  moveTo(right - left < 2 * half ? (left + right) / 2 : Math.min(Math.max(wanted, left + half), right - half), y, scale, true);
}
