// What the graph holds
// Folder: 1 Overview
// Answers: which kinds of nodes are joined by which kinds of relationships, how often, and one example of each.
MATCH (a:Entity)-[r]->(b:Entity)
WHERE r.isCurrent
WITH [l IN labels(a) WHERE l <> 'Entity'][0] AS from, type(r) AS relationship,
     [l IN labels(b) WHERE l <> 'Entity'][0] AS to, a, b
ORDER BY a.uid, b.uid
WITH from, relationship, to, count(*) AS facts, head(collect(a.uid + ' -> ' + b.uid)) AS example
RETURN from, relationship, to, facts, example
ORDER BY facts DESC, relationship, from, to;
