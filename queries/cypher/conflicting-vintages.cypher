// Where vintages of one fact disagree
// Folder: 7 Evidence
// Answers: relationships of which several statements exist that differ in a value: which one is gone by, what the
// other said, and when each was public.
MATCH (a)-[best]->(b)
WHERE best.isCurrent AND best.factId IS NOT NULL
MATCH (a)-[other]->(b)
WHERE type(other) = type(best) AND other.factId <> best.factId AND NOT other.isCurrent
  AND all(key IN ['year', 'basis', 'country', 'line', 'group', 'code', 'period', 'holder', 'market', 'event',
                  'date', 'metric', 'commodity'] WHERE coalesce(best[key], '') = coalesce(other[key], ''))
WITH a, b, best, other,
     [key IN keys(other) WHERE best[key] <> other[key] AND NOT key IN ['sources', 'asOf', 'knownFrom', 'confidence',
      'validFrom', 'validTo', 'note', 'factId', 'origin', 'graph', 'isCurrent']] AS differing
WHERE size(differing) > 0
UNWIND differing AS property
RETURN a.uid AS source, type(best) AS relationship, b.uid AS target, property, best[property] AS goneBy,
       best.knownFrom AS publicFrom, other[property] AS otherValue, other.knownFrom AS otherPublicFrom
ORDER BY relationship, source, target, property, otherPublicFrom
LIMIT 300;
