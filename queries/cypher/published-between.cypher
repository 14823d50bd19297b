// What became known between two dates
// Folder: 7 Evidence
// Answers: by kind of fact how many were published after the first day and up to the last, and how many of them
// replaced an older statement.
// after: the day before the first
// until: the last day
:param after => date('2025-10-09');
:param until => date('2025-11-30');
MATCH (a)-[fact]->(b)
WHERE $after < fact.knownFrom <= $until
WITH type(fact) AS kind, fact,
     EXISTS {
       MATCH (a)-[older]->(b)
       WHERE type(older) = type(fact) AND older.knownFrom < fact.knownFrom
         AND all(key IN ['year', 'basis', 'country', 'line', 'group', 'code', 'period', 'holder', 'market', 'event',
                         'date', 'metric', 'commodity'] WHERE coalesce(older[key], '') = coalesce(fact[key], ''))
     } AS replaces
RETURN kind, count(*) AS facts, sum(CASE WHEN replaces THEN 1 ELSE 0 END) AS replacements
ORDER BY facts DESC, kind
UNION ALL
MATCH (node:Entity)<-[:VINTAGE_OF*0..1]-(fact)
WHERE $after < fact.knownFrom <= $until
WITH [l IN labels(node) WHERE l <> 'Entity'][0] AS kind,
     EXISTS { MATCH (node)<-[:VINTAGE_OF*0..1]-(older) WHERE older.knownFrom < fact.knownFrom } AS replaces
RETURN kind, count(*) AS facts, sum(CASE WHEN replaces THEN 1 ELSE 0 END) AS replacements
ORDER BY facts DESC, kind;
