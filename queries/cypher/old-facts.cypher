// Facts older than a year
// Folder: 7 Evidence
// Answers: by kind of fact how many describe a date more than a number of days before a day, and the oldest. A
// recipe ages well, a capacity does not.
// day: the day to count from
// days: age in days from which a fact is old
:param day => date('2026-11-23');
:param days => 365;
MATCH ()-[fact]->()
WHERE fact.isCurrent AND fact.asOf IS NOT NULL
WITH type(fact) AS kind, fact.asOf AS asOf
RETURN kind, count(*) AS facts, sum(CASE WHEN asOf < $day - duration({days: $days}) THEN 1 ELSE 0 END) AS old,
       min(asOf) AS oldest
ORDER BY old DESC, kind
UNION ALL
MATCH (fact:Entity)
WHERE fact.asOf IS NOT NULL
WITH [l IN labels(fact) WHERE l <> 'Entity'][0] AS kind, fact.asOf AS asOf
RETURN kind, count(*) AS facts, sum(CASE WHEN asOf < $day - duration({days: $days}) THEN 1 ELSE 0 END) AS old,
       min(asOf) AS oldest
ORDER BY old DESC, kind;
