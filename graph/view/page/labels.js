// Labels that never lie on one another: the important ones first, more of them as one zooms in.
const LABEL_SIZE = 11.5, LABEL_LINE = 13, LABEL_GAP = 4, LEAST_ROOM = 40;
const measured = new Map();

function widthOf(ctx, text) {
  let width = measured.get(text);
  if (width === undefined) {
    width = ctx.measureText(text).width;
    measured.set(text, width);
  }
  return width;
}

function shortened(ctx, text, room) {
  if (widthOf(ctx, text) <= room) return text;
  let least = 0, most = text.length;
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (widthOf(ctx, text.slice(0, middle).trimEnd() + '…') <= room) least = middle;
    else most = middle - 1;
  }
  return least > 2 ? text.slice(0, least).trimEnd() + '…' : '';
}

// Break a label in at most two lines; where a place is given it is the last line.
function linesOf(ctx, place, room, rows) {
  const {label, place: where} = blocks[place];
  if (rows < 2) return [shortened(ctx, !where ? label : widthOf(ctx, label + ', ' + where) <= room ? label + ', ' + where : blocks[place].kind === 'country' ? where + ', ' + label : label, room)];
  const words = label.split(' ');
  let first = '';
  while (words.length && widthOf(ctx, first + (first ? ' ' : '') + words[0]) <= room) first += (first ? ' ' : '') + words.shift();
  if (!first) return [shortened(ctx, label, room)];
  const rest = words.join(' ');
  if (rows > 2 && rest && where) return [first, shortened(ctx, rest, room), shortened(ctx, where, room)];
  if (where) return [rest ? shortened(ctx, label, room) : first, shortened(ctx, where, room)];
  return rest ? [first, shortened(ctx, rest, room)] : [first];
}

function priorityOf(place) {
  if (place === state.selected || place === state.hovered) return 4;
  if (scene.lit) return scene.lit.has(place) ? 3 : 0;
  return 1;
}

// Choose labels for a view: {place, lines, x, y, width, height}, in screen units.
function chooseLabels(ctx, view) {
  const placed = new Map(), chosen = [];
  const spacing = scene.column * view.scale;
  ctx.font = LABEL_SIZE + 'px system-ui, sans-serif';
  const order = scene.lit ? [...scene.byWeight].sort((a, b) => priorityOf(b) - priorityOf(a)) : scene.byWeight;
  for (const place of order) {
    if (scene.lit && !scene.lit.has(place) && place !== state.selected) continue;
    const r = radiusOf(place) * view.scale;
    const x = view.x(scene.x.get(place)) + r + LABEL_GAP, y = view.y(scene.y.get(place));
    if (x < -spacing || x > view.width || y < view.top || y > view.height) continue;
    const room = Math.max(spacing * (blocks[place].stage === data.stages.length - 1 ? LAST : 1) - r - LABEL_GAP - 15, 0);
    if (room < LEAST_ROOM) continue;
    const column = placed.get(blocks[place].stage) || [];
    const label = {place, x, y, room, rows: 1, top: y - LABEL_LINE / 2, bottom: y + LABEL_LINE / 2};
    if (!collides(label, column)) {
      column.push(label);
      chosen.push(label);
    }
    placed.set(blocks[place].stage, column);
  }
  // one line for each comes first; further lines where there is room, again the important ones first
  for (const rows of [2, 3]) {
    for (const label of chosen) {
      const taller = {...label, rows, top: label.y - rows * LABEL_LINE / 2, bottom: label.y + rows * LABEL_LINE / 2};
      if (label.rows < rows - 1 || linesOf(ctx, label.place, label.room, rows).filter(Boolean).length < rows) continue;
      if (!collides(taller, placed.get(blocks[label.place].stage), label)) Object.assign(label, taller);
    }
  }
  return chosen.map(label => {
    const lines = linesOf(ctx, label.place, label.room, label.rows).filter(Boolean);
    const height = lines.length * LABEL_LINE;
    return {place: label.place, lines, x: label.x, y: label.y, width: Math.max(0, ...lines.map(line => widthOf(ctx, line))), height, hasPlace: Boolean(blocks[label.place].place) && lines.length > 1};
  });
}

const collides = (label, others, but = null) => others.some(other => other !== but && label.top < other.bottom + 0.5 && label.bottom > other.top - 0.5);

function paintLabels(ctx, view, theme) {
  const chosen = chooseLabels(ctx, view);
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  ctx.lineJoin = 'round';
  for (const {place, lines, x, y, height, hasPlace} of chosen) {
    lines.forEach((line, row) => {
      const at = y - height / 2 + (row + 0.5) * LABEL_LINE;
      ctx.strokeStyle = theme.paper;
      ctx.globalAlpha = 0.85;
      ctx.lineWidth = 3;
      ctx.strokeText(line, x, at);
      ctx.globalAlpha = 1;
      ctx.fillStyle = hasPlace && row === lines.length - 1 ? theme.soft : theme.ink;
      ctx.fillText(line, x, at);
    });
  }
  return chosen;
}

// Headings of columns stand at the top of the view, names of bands at its left.
function paintHeads(ctx, view, theme) {
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  const room = scene.column * view.scale - 8;
  ctx.fillStyle = theme.paper;
  ctx.globalAlpha = 0.9;
  ctx.fillRect(0, 0, view.width, view.top);
  ctx.globalAlpha = 1;
  data.stages.forEach((title, stage) => {
    if (!state.stages.has(stage)) return;
    ctx.font = 'bold 12px system-ui, sans-serif';
    ctx.fillStyle = theme.ink;
    const text = ctx.measureText(title).width <= room ? title : shortenedPlain(ctx, title, room);
    ctx.fillText(text, view.x(stage * scene.column) - 8, view.top / 2);
  });
  ctx.font = 'bold 11px system-ui, sans-serif';
  if (data.bands.length > 1) data.bands.forEach((title, band) => {
    const top = view.y(scene.tops[band]), bottom = view.y(scene.tops[band + 1] - data.layout.gap);
    if (bottom < view.top + 10 || top > view.height) return;
    const y = band ? view.y(scene.tops[band] - data.layout.gap / 2) + 9 : view.y(-data.layout.gap / 2) + 9;
    ctx.fillStyle = theme.soft;
    ctx.fillText(title.toUpperCase(), Math.max(6, view.x(-58)), Math.max(view.top + 9, y));
  });
}

function shortenedPlain(ctx, text, room) {
  let cut = text;
  while (cut.length > 1 && ctx.measureText(cut + '…').width > room) cut = cut.slice(0, -1);
  return cut + '…';
}
