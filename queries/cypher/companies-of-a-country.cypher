// The firms of a country and where they stand in the chain
// Folder: 1 Overview
// Answers: which facilities and companies a country has, and what each of them makes or serves.
// country: ISO alpha-3 code
:param country => 'JPN';
MATCH p = (:Country {iso3: $country})<-[seat:LOCATED_IN|HEADQUARTERED_IN]-(firm)-[makes:PRODUCES|SERVES]->(thing)
WHERE seat.isCurrent AND makes.isCurrent
RETURN p
ORDER BY firm.uid, thing.uid, makes.factId
LIMIT 200;
