// Who depends on Chinese dysprosium
// Folder: 2 Dependence
// Answers: the companies whose goods need an element of which a country makes a share, within a number of steps
// of the recipe, and the way from the country to each; the largest share of revenue first. A segment known to do
// without magnets counts only for parts that all its lines need.
// country: ISO alpha-3 code of the country that makes the element
// element: symbol of the element
// steps: most steps of the recipe from the good to the end use
:param country => 'CHN';
:param element => 'Dy';
:param steps => 3;
MATCH (country:Country {iso3: $country})-[made:PRODUCES]->(good:Commodity)
WHERE $element IN good.elements AND made.isCurrent AND made.share > 0 AND NOT coalesce(made.isProjection, false)
WITH country, good, made ORDER BY made.year DESC, made.share DESC
WITH country, good, head(collect(made)) AS made
MATCH (good)<-[needs:REQUIRES*1..6]-(use:EndUse)<-[serves:SERVES]-(company:Company)
WHERE size(needs) <= $steps AND all(r IN needs WHERE r.isCurrent)
  AND serves.isCurrent AND serves.revenueShare > 0
  AND (coalesce(serves.magnetUse, 'unknown') <> 'no' OR NOT coalesce(last(needs).line, '') STARTS WITH 'main/')
WITH country, made, good, needs, use, company, serves
ORDER BY serves.countryShare DESC, serves.country
WITH country, made, good, use, company, needs, head(collect(serves)) AS serves
ORDER BY serves.revenueShare DESC, company.id, use.id, size(needs), good.id
LIMIT 120
MATCH p = (country)-[made]->(good)<-[steps:REQUIRES*1..6]-(use)<-[serves]-(company)
WHERE steps = needs
RETURN p, made.share AS shareOfWorldOutput, serves.revenueShare AS shareOfRevenue
ORDER BY shareOfRevenue DESC, company.id, use.id, length(p);
