// Why a company is exposed
// Folder: 5 Exposure
// Answers: the strongest paths by which a stored run's measures reach a company: from the country whose goods are
// held up, good by good and country by country, to the company, each with the exposure that it carries.
// run: id of a run, or the name of its scenario
// company: id of the company
:param run => 'october-2025-controls';
:param company => 'ford-motor';
MATCH (run:Run) WHERE $run IN [run.id, run.scenario]
WITH run ORDER BY run.id LIMIT 1
MATCH exposed = (run)-[result:EXPOSES]->(company:Company {id: $company})
MATCH p = (first)-[steps:CARRIES*1..12]->(company)
WHERE all(step IN steps WHERE step.run = run.id AND step.exposed = company.uid AND step.path = steps[0].path)
  AND steps[0].step = 1 AND all(i IN range(1, size(steps) - 1) WHERE steps[i].step = i + 1)
RETURN p, exposed, steps[0].path AS path, steps[0].route AS route, steps[0].exposure AS exposure
ORDER BY path;
