// Which sources carry most
// Folder: 7 Evidence
// Answers: how many facts in force name each source, of how many kinds, and how many rest on it alone.
MATCH ()-[fact]->()
WHERE fact.isCurrent AND fact.factId IS NOT NULL
UNWIND fact.sources AS id
WITH id, count(*) AS facts, count(DISTINCT type(fact)) AS kinds,
     sum(CASE WHEN size(fact.sources) = 1 THEN 1 ELSE 0 END) AS alone
ORDER BY facts DESC, id
LIMIT 50
OPTIONAL MATCH (source:Source {id: id})
RETURN coalesce(source.title, id) AS source, facts, kinds, alone, source.licence AS licence
ORDER BY facts DESC, source;
