// Companies that lose one and only one supplier
// Folder: 4 Chokepoints
// Answers: the companies of whose named suppliers of goods that a measure restricts exactly one lies in the country
// that imposed it: the supplier they lose, and those of like goods that they keep. A supplier lies where its
// contract says the good is made, else where the plant stands or the firm has its head office. Buyers in that
// country buy at home and lose nothing.
// measure: id of the measure
:param measure => 'CN-2025-18';
MATCH (measure:Measure {id: $measure})-[act:IMPOSED_BY]->(issuer:Country)
WHERE act.isCurrent
MATCH (measure)-[scope:RESTRICTS]->(good:Commodity) WHERE scope.isCurrent
WITH issuer, collect(good.id) + collect(good.splitOf) AS goods
MATCH (supplier)-[sold:SUPPLIES]->(buyer)
WHERE sold.isCurrent AND sold.status IN ['active', 'conditional'] AND sold.commodity IN goods
  AND NOT EXISTS {
    MATCH (buyer)-[seat:LOCATED_IN|HEADQUARTERED_IN]->(issuer) WHERE seat.isCurrent
  }
WITH issuer, buyer, supplier, collect(DISTINCT sold.commodity) AS goods,
     any(country IN collect(coalesce(sold.country, '')) WHERE country = issuer.iso3) AS madeThere,
     any(country IN collect(coalesce(sold.country, '')) WHERE country <> '') AS isTold,
     EXISTS { MATCH (supplier)-[seat:LOCATED_IN|HEADQUARTERED_IN]->(issuer) WHERE seat.isCurrent } AS seatedThere
WITH buyer, supplier, goods, madeThere OR (NOT isTold AND seatedThere) AS isLost
ORDER BY supplier.uid
WITH buyer, [s IN collect({name: supplier.name, goods: goods, isLost: isLost}) WHERE s.isLost] AS lost,
     [s IN collect({name: supplier.name, isLost: isLost}) WHERE NOT s.isLost | s.name] AS kept
WHERE size(lost) = 1
RETURN buyer.name AS buyer, buyer.isListed AS listed, lost[0].name AS lostSupplier, lost[0].goods AS goods,
       kept AS keptSuppliers
ORDER BY size(kept), buyer;
