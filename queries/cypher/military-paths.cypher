// Paths to military end uses
// Folder: 3 Measures
// Answers: how a measure reaches military end uses and the listed companies that serve them.
// measure: id of the measure
:param measure => 'CN-2025-18';
MATCH (:EndUse {buyerClass: 'military'})<-[serves:SERVES]-(company:Company {isListed: true})
WHERE serves.isCurrent AND serves.revenueShare > 0
WITH company, endNode(serves) AS use, serves ORDER BY serves.countryShare DESC, serves.country
WITH company, use, head(collect(serves)) AS serves
MATCH p = (:Measure {id: $measure})-[scope:RESTRICTS]->(good:Commodity)<-[needs:REQUIRES*1..6]-(use)
          <-[serves]-(company)
WHERE scope.isCurrent AND all(r IN needs WHERE r.isCurrent)
  AND (coalesce(serves.magnetUse, 'unknown') <> 'no' OR NOT coalesce(last(needs).line, '') STARTS WITH 'main/')
RETURN p, serves.revenueShare AS shareOfRevenue
ORDER BY length(p), shareOfRevenue DESC, company.id, use.id, good.id
LIMIT 200;
