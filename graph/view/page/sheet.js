// Links are painted on a sheet somewhat larger than the view, and the sheet is moved until the view leaves it
// or something changes: a move then costs one copy. A zoom stretches the sheet, and paints it anew once it rests.
const sheet = {canvas: document.createElement('canvas'), looks: null, theme: null, scale: 0, rect: null, timer: 0};
const MARGIN = 0.3; // of the view on each side
const SHARP = 150; // milliseconds of rest before a stretched sheet is painted anew

function blitLinks(ctx) {
  const view = viewOf(), half = {x: view.width / view.scale / 2, y: view.height / view.scale / 2}, {x, y} = network.getViewPosition();
  const {rect} = sheet, inside = rect && x - half.x >= rect.left && x + half.x <= rect.right && y - half.y >= rect.top && y + half.y <= rect.bottom;
  const same = sheet.looks === looksOf() && sheet.theme === isDark() && sheet.ratio === ctx.canvas.width / Math.max(1, view.width);
  const stretch = sheet.scale ? view.scale / sheet.scale : 0;
  if (!same || !inside || stretch > 2.5) paintSheetOfLinks(ctx, view, x, y, half);
  else if (stretch !== 1) {
    clearTimeout(sheet.timer);
    sheet.timer = setTimeout(() => { sheet.looks = null; network.redraw(); }, SHARP);
  }
  const {left, top, right, bottom} = sheet.rect;
  ctx.drawImage(sheet.canvas, left, top, right - left, bottom - top);
}

function paintSheetOfLinks(ctx, view, x, y, half) {
  clearTimeout(sheet.timer);
  const ratio = ctx.canvas.width / Math.max(1, view.width), wide = 1 + 2 * MARGIN;
  const width = Math.ceil(view.width * wide * ratio), height = Math.ceil(view.height * wide * ratio);
  if (sheet.canvas.width !== width || sheet.canvas.height !== height) Object.assign(sheet.canvas, {width, height});
  const paper = sheet.canvas.getContext('2d'), scale = view.scale * ratio;
  paper.setTransform(1, 0, 0, 1, 0, 0);
  paper.clearRect(0, 0, width, height);
  const rect = {left: x - half.x * wide, top: y - half.y * wide};
  Object.assign(rect, {right: rect.left + width / scale, bottom: rect.top + height / scale});
  paper.setTransform(scale, 0, 0, scale, -rect.left * scale, -rect.top * scale);
  paintLinks(paper, theme, view.scale, rect);
  Object.assign(sheet, {looks: looksOf(), theme: isDark(), scale: view.scale, rect, ratio});
}
