// Listed companies by how much of their revenue needs an element
// Folder: 2 Dependence
// Answers: which listed companies serve end uses whose recipe holds an element, and the share of their revenue
// that does: the middle estimate and its ends. Shares of revenue, not of goods bought.
// element: symbol of the element
:param element => 'Dy';
MATCH (good:Commodity)<-[needs:REQUIRES*1..6]-(use:EndUse)<-[serves:SERVES]-(company:Company {isListed: true})
WHERE $element IN good.elements AND all(r IN needs WHERE r.isCurrent)
  AND serves.isCurrent AND serves.revenueShare > 0
  AND (coalesce(serves.magnetUse, 'unknown') <> 'no' OR NOT coalesce(last(needs).line, '') STARTS WITH 'main/')
WITH company, use, max(serves.revenueShare) AS share, max(serves.revenueShareLow) AS low,
     max(serves.revenueShareHigh) AS high
WITH company, sum(share) AS revenueShare, sum(low) AS lowest,
     CASE WHEN sum(high) > 1 THEN 1.0 ELSE sum(high) END AS highest, collect(use.name) AS uses
RETURN company.name AS company, company.ticker AS ticker, company.mic AS market, revenueShare, lowest, highest,
       uses
ORDER BY revenueShare DESC, company
LIMIT 300;
