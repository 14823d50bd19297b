// Exposed companies by end use and country
// Folder: 5 Exposure
// Answers: for each end use and country of production the companies that a stored run harms, and the largest
// loss among them. A company stands under each end use it serves: sums over rows would count it twice.
// run: id of a run, or the name of its scenario
:param run => 'october-2025-controls';
MATCH (run:Run) WHERE $run IN [run.id, run.scenario]
WITH run ORDER BY run.id LIMIT 1
MATCH (run)-[result:EXPOSES]->(company:Company)-[serves:SERVES]->(use:EndUse)
WHERE result.exposure < 0 AND serves.isCurrent AND serves.revenueShare > 0
MATCH (place:Country {iso3: serves.country})
WITH use, place, company, min(result.exposure) AS exposure, min(result.rank) AS rank
ORDER BY rank
RETURN use.name AS endUse, place.name AS country, count(company) AS companies, round(min(exposure), 4) AS worst,
       collect(company.name)[..5] AS mostHarmed
ORDER BY worst, endUse, country
LIMIT 200;
