// What reaches an importer through third countries
// Folder: 2 Dependence
// Answers: the routes by which goods of one customs code come from a country to an importer, direct or through
// one other country, each with the product of the import shares on the way. Traders re-export: an origin is never
// read off one hop. World and EU totals are left out, so that nothing counts twice.
// origin: ISO alpha-3 code of the first exporter
// importer: ISO alpha-3 code of the last importer
// code: customs code
// period: year
:param origin => 'CHN';
:param importer => 'DEU';
:param code => '850511';
:param period => '2024';
MATCH p = (:Country {iso3: $origin})-[hops:EXPORTS*1..2 {code: $code, period: $period}]->
          (:Country {iso3: $importer})
WHERE all(hop IN hops WHERE hop.isCurrent AND hop.importShare IS NOT NULL AND hop.shareBasis = hops[0].shareBasis)
  AND none(place IN nodes(p) WHERE place.iso3 IN ['WLD', 'EUU'])
  AND none(place IN nodes(p)[1..-1] WHERE place.iso3 IN [$origin, $importer])
RETURN p, reduce(part = 1.0, hop IN hops | part * hop.importShare) AS share, hops[0].shareBasis AS basis
ORDER BY share DESC, length(p), nodes(p)[1].iso3
LIMIT 50;
