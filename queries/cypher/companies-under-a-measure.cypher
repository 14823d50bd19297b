// All listed companies that a measure can reach
// Folder: 3 Measures
// Answers: for each listed company the end uses through which a measure reaches it, the restricted goods on the
// way, the fewest steps, and the share of revenue at the end of them.
// measure: id of the measure
:param measure => 'CN-2025-18';
MATCH (:Measure {id: $measure})-[scope:RESTRICTS]->(good:Commodity)<-[needs:REQUIRES*1..6]-(use:EndUse)
      <-[serves:SERVES]-(company:Company {isListed: true})
WHERE scope.isCurrent AND all(r IN needs WHERE r.isCurrent) AND serves.isCurrent AND serves.revenueShare > 0
  AND (coalesce(serves.magnetUse, 'unknown') <> 'no' OR NOT coalesce(last(needs).line, '') STARTS WITH 'main/')
WITH company, use, max(serves.revenueShare) AS share, collect(DISTINCT good.id) AS goods,
     min(size(needs)) AS steps
ORDER BY use.id
WITH company, sum(share) AS revenueShare, min(steps) AS fewestSteps, collect(use.name) AS endUses,
     reduce(all = [], found IN collect(goods) | all + [good IN found WHERE NOT good IN all]) AS goods
RETURN company.name AS company, company.ticker AS ticker, revenueShare, fewestSteps, endUses, goods
ORDER BY revenueShare DESC, company;
