// The strongest path from a country to a company
// Folder: 2 Dependence
// Answers: the ways from what a country makes to a company, strongest first. The strength is the country's share
// of the world's output times the share of the company's revenue that needs it; it is no forecast of a loss.
// country: ISO alpha-3 code
// company: id of the company
:param country => 'CHN';
:param company => 'ford-motor';
MATCH (country:Country {iso3: $country})-[made:PRODUCES]->(good:Commodity)
WHERE made.isCurrent AND made.share > 0 AND NOT coalesce(made.isProjection, false)
WITH country, good, made ORDER BY made.year DESC, made.share DESC
WITH country, good, head(collect(made)) AS made
MATCH (use:EndUse)<-[serves:SERVES]-(company:Company {id: $company})
WHERE serves.isCurrent AND serves.revenueShare > 0
WITH country, good, made, use, company, serves ORDER BY serves.countryShare DESC, serves.country
WITH country, good, made, use, company, head(collect(serves)) AS serves
MATCH p = (country)-[made]->(good)<-[needs:REQUIRES*1..6]-(use)<-[serves]-(company)
WHERE all(r IN needs WHERE r.isCurrent)
  AND (coalesce(serves.magnetUse, 'unknown') <> 'no' OR NOT coalesce(last(needs).line, '') STARTS WITH 'main/')
RETURN p, made.share * serves.revenueShare AS strength, made.share AS shareOfWorldOutput, made.year AS year,
       serves.revenueShare AS shareOfRevenue
ORDER BY strength DESC, length(p), good.id, use.id
LIMIT 10;
