// Where a good costs more outside
// Folder: 2 Dependence
// Answers: for goods with a price in a country and elsewhere in one year: both middles and their ratio. A yearly
// mean stands beside single days, so read the periods. Other currencies or masses are not compared.
// country: ISO alpha-3 code of the home market
:param country => 'CHN';
MATCH (good:Commodity)-[inside:PRICED_IN]->(:Country {iso3: $country})
MATCH (good)-[outside:PRICED_IN {unit: inside.unit}]->(place:Country)
WHERE inside.isCurrent AND outside.isCurrent AND place.iso3 <> $country
  AND left(inside.period, 4) = left(outside.period, 4)
WITH good, place, inside, outside,
     (coalesce(inside.priceLow, inside.priceHigh) + coalesce(inside.priceHigh, inside.priceLow)) / 2 AS home,
     (coalesce(outside.priceLow, outside.priceHigh) + coalesce(outside.priceHigh, outside.priceLow)) / 2 AS away
WHERE home > 0
RETURN good.name AS good, inside.period AS period, home, place.name AS elsewhere, outside.period AS otherPeriod, away,
       inside.unit AS unit, away / home AS ratio, outside.market AS market
ORDER BY ratio DESC, good, period, elsewhere, otherPeriod, market;
