// Every path from a measure to a listed company
// Folder: 3 Measures
// Answers: through which goods and end uses a measure reaches a listed company: one path for each good, recipe
// and end use. A segment known to do without magnets is reached only through parts that all its lines need. Some
// goods are held up though not in scope, since they share a customs code: the last column says so.
// measure: id of the measure
// company: id of the company
:param measure => 'CN-2025-18';
:param company => 'ford-motor';
MATCH (use:EndUse)<-[serves:SERVES]-(company:Company {id: $company, isListed: true})
WHERE serves.isCurrent AND serves.revenueShare > 0
WITH use, company, serves ORDER BY serves.countryShare DESC, serves.country
WITH use, company, head(collect(serves)) AS serves
MATCH p = (:Measure {id: $measure})-[scope:RESTRICTS]->(good:Commodity)<-[needs:REQUIRES*1..6]-(use)
          <-[serves]-(company)
WHERE scope.isCurrent AND all(r IN needs WHERE r.isCurrent)
  AND (coalesce(serves.magnetUse, 'unknown') <> 'no' OR NOT coalesce(last(needs).line, '') STARTS WITH 'main/')
RETURN p, coalesce(scope.collateral, false) AS heldUpWithoutBeingInScope
ORDER BY length(p), good.id, use.id
LIMIT 300;
