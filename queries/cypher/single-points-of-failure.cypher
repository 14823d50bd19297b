// Goods that hang on one country
// Folder: 4 Chokepoints
// Answers: the goods of which one country makes at least a share of the world's output, the end uses that need
// them, and how many listed companies serve those; the good with most behind it first.
// share: least share of the world's output
:param share => 0.8;
MATCH (maker:Country)-[made:PRODUCES]->(good:Commodity)
WHERE made.isCurrent AND made.share IS NOT NULL AND NOT coalesce(made.isProjection, false)
  AND NOT maker.iso3 IN ['WLD', 'EUU']
WITH maker, good, made ORDER BY made.year DESC, made.share DESC
WITH maker, good, head(collect(made)) AS made
WHERE made.share >= $share
MATCH (part:Commodity) WHERE part = good OR part.splitOf = good.id
MATCH (part)<-[needs:REQUIRES*1..6]-(use:EndUse)
WHERE all(r IN needs WHERE r.isCurrent)
WITH DISTINCT maker, good, made, use
OPTIONAL MATCH (use)<-[serves:SERVES]-(company:Company {isListed: true})
WHERE serves.isCurrent AND serves.revenueShare > 0
RETURN good.name AS good, good.stage AS stage, maker.name AS maker, made.share AS share, made.year AS year,
       count(DISTINCT use) AS endUses, count(DISTINCT company) AS listedCompanies
ORDER BY listedCompanies DESC, endUses DESC, share DESC, good;
