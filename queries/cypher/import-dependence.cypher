// Whose imports come from one country
// Folder: 2 Dependence
// Answers: the share of each importer's purchases under one customs code that a country supplied in a period, on
// the basis that the source gives (value or tonnes). Codes are never mixed: 850511 holds magnets without rare
// earths too, 85051110 does not. One hop only: re-exports hide origins, see indirect-imports.
// origin: ISO alpha-3 code of the exporter
// code: customs code
// period: year, month or quarter
:param origin => 'CHN';
:param code => '850511';
:param period => '2024';
MATCH (:Country {iso3: $origin})-[trade:EXPORTS {code: $code, period: $period}]->(buyer:Country)
WHERE trade.isCurrent AND trade.importShare IS NOT NULL AND buyer.iso3 <> 'WLD'
RETURN buyer.name AS importer, buyer.iso3 AS iso3, trade.importShare AS share, trade.shareBasis AS basis,
       trade.valueUsd AS valueUsd, trade.tonnes AS tonnes, trade.confidence AS confidence
ORDER BY share DESC, iso3;
