// What leaves the page: a PNG, a print, a link, text.
const LEAST_HEAD = 100; // a print has its heading already
const PNG = {width: 2400, height: 1500, head: 150, foot: 118};

function copyText(text, done) {
  const fallback = () => {
    const area = el('textarea', text, {readonly: ''});
    area.className = 'hidden';
    document.body.append(area);
    area.select();
    const worked = document.execCommand('copy');
    area.remove();
    say(worked ? done : 'Copying is not allowed here');
  };
  if (!navigator.clipboard) { fallback(); return; }
  navigator.clipboard.writeText(text).then(() => say(done), fallback);
}

// Paint title, picture and legend on a canvas of its own, all of the picture in view.
function paintSheet(canvas, paint, size) {
  const ratio = 2, {width, height} = size;
  canvas.width = width;
  canvas.height = height;
  const ctx = canvas.getContext('2d');
  ctx.fillStyle = paint.paper;
  ctx.fillRect(0, 0, width, height);
  const inner = {width: width / ratio, height: height / ratio};
  const before = {column: scene.column, x: scene.x, y: scene.y, tops: scene.tops, looks: scene.looks, scale: scene.scale};
  const head = size.head / ratio, foot = size.foot / ratio;
  const room = inner.height - head - foot - 26;
  const rows = Math.max(before.tops[before.tops.length - 1] - data.layout.gap + 40, 120);
  const scale = room / rows;
  scene.column = Math.max((inner.width / scale - 70) / (data.stages.length - 1 + LAST), data.layout.column * 0.8);
  Object.assign(scene, placeBlocks(scene.drawn, scene.column));
  scene.looks = null;
  scene.scale = scale;
  const left = -66;
  const view = {scale, width: inner.width, height: inner.height - head - foot, top: 26, x: at => (at - left) * scale, y: at => (at + 26) * scale + 26};
  ctx.save();
  ctx.scale(ratio, ratio);
  if (size.head >= LEAST_HEAD) sheetHead(ctx, paint, inner.width);
  ctx.translate(0, head);
  ctx.save();
  ctx.translate(view.x(0), view.y(0));
  ctx.scale(scale, scale);
  paintBands(ctx, paint, scale);
  paintLinks(ctx, paint, scale);
  scene.drawn.forEach(place => paintBlock(ctx, place, scene.x.get(place), scene.y.get(place), paint));
  ctx.restore();
  paintLabels(ctx, view, paint);
  paintHeads(ctx, view, paint);
  ctx.restore();
  ctx.save();
  ctx.scale(ratio, ratio);
  sheetFoot(ctx, paint, inner.width, inner.height - foot);
  ctx.restore();
  Object.assign(scene, before);
}

function wrapped(ctx, text, room, most) {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const last = lines.length - 1, longer = lines[last] ? lines[last] + ' ' + word : word;
    if (ctx.measureText(longer).width <= room || !lines[last]) lines[last] = longer;
    else lines.push(word);
  }
  if (lines.length > most) lines[most - 1] += ' …';
  return lines.slice(0, most);
}

function sheetHead(ctx, paint, width) {
  ctx.textBaseline = 'alphabetic';
  ctx.textAlign = 'left';
  ctx.fillStyle = paint.ink;
  ctx.font = 'bold 20px system-ui, sans-serif';
  ctx.fillText(wrapped(ctx, titleShown(), width - 32, 1)[0], 16, 28);
  ctx.font = '12.5px system-ui, sans-serif';
  ctx.fillStyle = paint.soft;
  wrapped(ctx, byId('lead').textContent + ' Shown: ' + (horizon ? weekText(state.week) : 'the static run') + '.', width - 32, 2).forEach((line, at) => ctx.fillText(line, 16, 46 + 15 * at));
}

function sheetFoot(ctx, paint, width, top) {
  ctx.font = '11.5px system-ui, sans-serif';
  ctx.textBaseline = 'middle';
  let x = 16, y = top + 14;
  const say = (draw, text) => {
    const wide = 22 + ctx.measureText(text).width + 14;
    if (x + wide > width) { x = 16; y += 18; }
    draw(x, y);
    ctx.setLineDash([]);
    ctx.fillStyle = paint.soft;
    ctx.fillText(text, x + 22, y);
    x += wide;
  };
  const fill = colour => (left, at) => { ctx.fillStyle = colour; ctx.fillRect(left, at - 6, 16, 12); };
  const steps = data.style.steps, edge = at => '≥ ' + (100 * steps[at]).toFixed(at ? 0 : 2) + ' %';
  [4, 3, 2, 1, 0].forEach(at => say(fill(paint.scale.harm[at]), (at === 4 ? 'harmed ' : '') + edge(at)));
  say(fill(paint.scale.none), 'untouched');
  [0, 1, 2, 3, 4].forEach(at => say(fill(paint.scale.favour[at]), edge(at) + (at === 4 ? ' favoured' : '')));
  const stroke = (colour, dash, bar) => (left, at) => {
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1.6;
    ctx.setLineDash(dash);
    ctx.beginPath(); ctx.moveTo(left, at); ctx.lineTo(left + 18, at); ctx.stroke();
    if (bar) { ctx.setLineDash([]); ctx.beginPath(); ctx.moveTo(left + 9, at - 5); ctx.lineTo(left + 9, at + 5); ctx.stroke(); }
  };
  say(stroke(paint.cut, [], true), 'held back by a measure');
  say(stroke(paint.edge, [4, 3]), 'on weak evidence');
  const kinds = new Set(blocks.map(block => block.kind));
  Object.entries(data.kinds).filter(([kind]) => kind !== 'group' && kinds.has(kind)).forEach(([kind, text]) => say((left, at) => {
    ctx.fillStyle = paint.soft;
    ctx.strokeStyle = paint.soft;
    outline(ctx, data.shapes[kind], left + 9, at, 6);
    if (kind === 'unknown') { ctx.setLineDash([2, 2]); ctx.stroke(); } else ctx.fill();
  }, text));
  ctx.fillStyle = paint.soft;
  ctx.fillText(wrapped(ctx, runText(), width - 32, 1)[0], 16, y + 18);
}

function runText() {
  const {as_of: day, version, edition, coverage} = scenarios[0];
  return 'chainshock ' + version + ', facts of ' + day + ', data edition ' + edition + (coverage === null ? '' : ', coverage ' + plainPercent(coverage)) + '. Model exposure, not investment advice.';
}

function savePng() {
  const canvas = document.createElement('canvas');
  paintSheet(canvas, themeOf(isDark()), PNG);
  canvas.toBlob(blob => {
    const link = el('a', undefined, {download: 'chainshock-' + scenarios[Math.min(state.scenario, scenarios.length - 1)].name.replace(/[^\w.-]+/g, '-') + '.png'});
    link.href = URL.createObjectURL(blob);
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    say('PNG saved');
  }, 'image/png');
}

function startExport() {
  byId('png').addEventListener('click', savePng);
  byId('print').addEventListener('click', () => print());
  byId('share').addEventListener('click', () => { writeAddress(); copyText(location.href, 'Link copied'); });
  window.addEventListener('beforeprint', () => paintSheet(byId('printed'), themeOf(false), {...PNG, head: 20, foot: 118}));
}
