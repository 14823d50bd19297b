// The supply chain of an end use
// Folder: 1 Overview
// Answers: what an end use is made of, step by step down to the ore, and which countries make each good, down to
// a least share of the world's output in the latest year known.
// use: id of the end use
// share: least share of the world's output that a country must have to be shown
:param use => 'wind_turbine_pm';
:param share => 0.05;
MATCH down = (:EndUse {id: $use})-[:REQUIRES*1..6]->(good:Commodity)
WHERE all(r IN relationships(down) WHERE r.isCurrent)
CALL (good) {
  MATCH (maker:Country)-[made:PRODUCES]->(good)
  WHERE made.isCurrent AND made.share IS NOT NULL AND NOT coalesce(made.isProjection, false)
  WITH maker, made ORDER BY made.year DESC, made.share DESC
  WITH maker, head(collect(made)) AS made
  WHERE made.share >= $share
  RETURN collect({maker: maker, made: made}) AS makers
}
UNWIND CASE WHEN size(makers) = 0 THEN [NULL] ELSE makers END AS entry
WITH down, good, entry.maker AS maker, entry.made AS made
OPTIONAL MATCH output = (maker)-[made]->(good)
RETURN down AS p, output
ORDER BY length(down), good.id, maker.iso3
LIMIT 300;
