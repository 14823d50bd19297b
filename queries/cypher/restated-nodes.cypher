// What changed about companies, plants and measures
// Folder: 7 Evidence
// Answers: nodes of which an older statement is kept that differs: the property, what it was and what it is.
// label: kind of node: Company, Facility, Measure ...
:param label => 'Measure';
MATCH (old:Vintage)-[:VINTAGE_OF]->(now:Entity)
WHERE $label IN labels(now)
UNWIND keys(old) + [key IN keys(now) WHERE NOT key IN keys(old)] AS property
WITH old, now, property
WHERE NOT property IN ['sources', 'asOf', 'knownFrom', 'confidence', 'validFrom', 'validTo', 'note', 'factId',
                       'origin', 'graph', 'isCurrent', 'uid'] AND coalesce(now[property] <> old[property], true)
RETURN now.uid AS node, property, old[property] AS was, old.knownFrom AS saidFrom, now[property] AS is,
       now.knownFrom AS since
ORDER BY node, property, saidFrom;
