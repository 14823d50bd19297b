// Two runs compared
// Folder: 5 Exposure
// Answers: who gains and who loses when one run takes the place of another: exposures before and after, the
// difference and both ranks; largest difference first.
// before: id of a run, or the name of its scenario
// after: id of a run, or the name of its scenario
:param before => 'october-2025-controls';
:param after => 'october-2025-truce';
MATCH (a:Run) WHERE $before IN [a.id, a.scenario]
WITH a ORDER BY a.id LIMIT 1
MATCH (b:Run) WHERE $after IN [b.id, b.scenario]
WITH a, b ORDER BY b.id LIMIT 1
MATCH (a)-[old:EXPOSES]->(company:Company)<-[new:EXPOSES]-(b)
RETURN company.name AS company, round(old.exposure, 4) AS before, round(new.exposure, 4) AS after,
       round(new.exposure - old.exposure, 4) AS difference, old.rank AS rankBefore, new.rank AS rankAfter
ORDER BY abs(new.exposure - old.exposure) DESC, company
LIMIT 100;
