// What an outage of one facility touches
// Folder: 4 Chokepoints
// Answers: who runs the facility, what it makes, whom it and its operator's named contracts deliver to, up to
// three tiers on, and the end uses whose recipe needs what it makes.
// facility: id of the facility
:param facility => 'lamp';
MATCH (facility:Facility {id: $facility})
CALL (facility) {
  MATCH p = (facility)<-[link:OPERATES]-(:Company) WHERE link.isCurrent
  RETURN p, 1 AS part
  UNION
  MATCH p = (facility)-[links:SUPPLIES*1..3]->()
  WHERE all(link IN links WHERE link.isCurrent AND link.status IN ['active', 'conditional'])
  RETURN p, 2 AS part
  UNION
  MATCH (facility)-[makes:PRODUCES]->(good:Commodity)
  WHERE makes.isCurrent AND NOT coalesce(makes.isProjection, false)
  WITH facility, good, makes ORDER BY makes.year DESC, makes.factId
  WITH facility, good, head(collect(makes)) AS makes
  MATCH p = (facility)-[makes]->(good)
  RETURN p, 3 AS part
  UNION
  MATCH (facility)-[makes:PRODUCES]->(good:Commodity)
  WHERE makes.isCurrent AND NOT coalesce(makes.isProjection, false)
  WITH DISTINCT good
  MATCH (part:Commodity) WHERE part = good OR part.splitOf = good.id
  MATCH p = (part)<-[needs:REQUIRES*1..6]-(:EndUse)
  WHERE all(r IN needs WHERE r.isCurrent)
  RETURN p, 4 AS part
}
RETURN p
ORDER BY part, length(p), last(nodes(p)).uid, [r IN relationships(p) | r.factId]
LIMIT 200;
