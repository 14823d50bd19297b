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
MATCH (a)-[before:EXPOSES]->(company:Company)<-[after:EXPOSES]-(b)
RETURN company.name AS company, before.exposure AS before, after.exposure AS after,
       after.exposure - before.exposure AS difference, before.rank AS rankBefore, after.rank AS rankAfter
ORDER BY abs(difference) DESC, company
LIMIT 100;
