// Start: read the address, draw, show.
function showNotes() {
  const place = byId('notes');
  place.append(el('p', runText()));
  for (const scenario of scenarios) {
    const run = horizon ? horizon + ' weeks' : 'static run';
    place.append(el('p', scenario.name + ': ' + scenario.title + '; ' + run + ', rationing ' + scenario.rationing + ', substitution ' + scenario.substitution + ', stop ' + scenario.stop + '.'));
    scenario.warnings.forEach(text => place.append(el('p', text)));
  }
  data.notes.forEach(text => place.append(el('p', text)));
  place.append(el('p', 'Week by week, lost output, gains and prices are those of the week; lost and derived orders are known as means and are spread evenly. vis-network draws (Apache 2.0 or MIT), brought by pyvis (BSD).'));
}

function startStages() {
  const place = byId('stages');
  data.stages.forEach((title, stage) => place.append(button(title, () => showStage(stage))));
}

readAddress();
if (!location.hash && data.focus >= 0) {
  state.selected = data.focus;
  reveal([data.focus]);
}
startTheme();
startPicture();
startScenarios();
startLevels();
startFilters();
startSearch();
startPlayer();
startTable();
startStages();
startExport();
on('choice', showWhy);
showLegend();
showNotes();
showHead();
rebuild();
fitColumns();
showTable();
showWhy();
markRow();
byId('zoom-in').addEventListener('click', () => zoomBy(1.3));
byId('zoom-out').addEventListener('click', () => zoomBy(1 / 1.3));
byId('zoom-all').addEventListener('click', () => { picture.moved = false; fitColumns(); showAll(); });
window.addEventListener('hashchange', () => {
  if (location.hash.slice(1) === written) return;
  stop();
  readAddress();
  showControls();
  showTheme();
  showHead();
  changed('structure', 'choice', 'paint');
});
Object.defineProperty(window, 'chainshockPage', {value: Object.freeze({state, scene, picture, data, network: () => network, view: viewOf, labels: () => picture.labels, lift: liftLinks, drawnWhen, place: placeBlocks, safeCell})});
