// Facts without a second source
// Folder: 7 Evidence
// Answers: by kind of fact how many rest on one source alone, how many of those are weak (confidence C), and the
// sources that most of them lean on.
MATCH (a)-[fact]->()
WHERE fact.isCurrent AND fact.factId IS NOT NULL
RETURN type(fact) AS kind, count(*) AS facts, sum(CASE WHEN size(fact.sources) = 1 THEN 1 ELSE 0 END) AS oneSource,
       sum(CASE WHEN size(fact.sources) = 1 AND fact.confidence = 'C' THEN 1 ELSE 0 END) AS oneWeakSource
ORDER BY oneSource DESC, kind
UNION ALL
MATCH (fact:Entity)
WHERE fact.factId IS NOT NULL
RETURN [l IN labels(fact) WHERE l <> 'Entity'][0] AS kind, count(*) AS facts,
       sum(CASE WHEN size(fact.sources) = 1 THEN 1 ELSE 0 END) AS oneSource,
       sum(CASE WHEN size(fact.sources) = 1 AND fact.confidence = 'C' THEN 1 ELSE 0 END) AS oneWeakSource
ORDER BY oneSource DESC, kind;
