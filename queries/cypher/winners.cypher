// Who gains
// Folder: 5 Exposure
// Answers: the companies that a stored run favours, most first, and what they make outside the issuer's reach.
// Projects have no revenue to gain on yet: theirs is a share of what they are to sell.
// run: id of a run, or the name of its scenario
:param run => 'october-2025-controls';
MATCH (run:Run) WHERE $run IN [run.id, run.scenario]
WITH run ORDER BY run.id LIMIT 1
MATCH (run)-[result:EXPOSES]->(company:Company)
WHERE result.exposure > 0
OPTIONAL MATCH (company)-[makes:PRODUCES]->(good:Commodity) WHERE makes.isCurrent
WITH result, company, good ORDER BY good.name
WITH result, company, collect(DISTINCT good.name) AS makes
RETURN result.rank AS rank, company.name AS company, company.ticker AS ticker, round(result.exposure, 4) AS exposure,
       round(result.exposureUsd / 1000000, 1) AS millionUsd, result.basis AS basis, makes, result.reason AS reason
ORDER BY result.exposure DESC, company.name
LIMIT 50;
