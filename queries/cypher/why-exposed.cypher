// Why a company is exposed
// Folder: 5 Exposure
// Answers: the strongest paths by which a stored run's measures reach a company: from the country whose goods are
// held up, good by good, to the company, with the measures on the way, the exposure that each path carries and
// the first week in which it is felt.
// run: id of a run, or the name of its scenario
// company: id of the company
// paths: most paths to draw
:param run => 'october-2025-controls';
:param company => 'lockheed-martin';
:param paths => 3;
MATCH (run:Run) WHERE $run IN [run.id, run.scenario]
WITH run ORDER BY run.id LIMIT 1
MATCH exposed = (run)-[result:EXPOSES]->(company:Company {id: $company})
MATCH p = (first)-[steps:CARRIES*1..12 {run: run.id, exposed: company.uid}]->(company)
WHERE steps[0].step = 1 AND steps[0].path <= $paths
  AND all(i IN range(1, size(steps) - 1)
          WHERE steps[i].path = steps[0].path AND steps[i].step = i + 1)
OPTIONAL MATCH measures = (measure:Measure)-[scope:RESTRICTS]->(good:Commodity)
WHERE scope.isCurrent AND good = nodes(p)[1] AND EXISTS { (run)-[:APPLIES]->(measure) }
RETURN p, steps[0].path AS path, steps[0].exposure AS exposure, steps[0].firstWeek AS firstWeek,
       result.paths[steps[0].path - 1] AS route, collect(measures) AS measures, exposed
ORDER BY path;
