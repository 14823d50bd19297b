// Who is exposed
// Folder: 5 Exposure
// Answers: the companies that a stored run harms most: rank, share of revenue, millions of USD a year, first week felt, and
// why. Needs `chainshock rank companies --push`.
// run: id of a run, or the name of its scenario
:param run => 'october-2025-controls';
MATCH (run:Run) WHERE $run IN [run.id, run.scenario]
WITH run ORDER BY run.id LIMIT 1
MATCH (run)-[result:EXPOSES]->(company:Company)
WHERE result.exposure < 0
RETURN result.rank AS rank, company.name AS company, company.ticker AS ticker, round(result.exposure, 4) AS exposure,
       round(result.exposureUsd / 1000000, 1) AS millionUsd, result.firstWeek AS firstWeek, result.confidence AS confidence,
       result.reason AS reason
ORDER BY rank
LIMIT 50;
