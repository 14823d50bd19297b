// Who else makes a good, outside one country
// Folder: 4 Chokepoints
// Answers: facilities outside a country that make a good, or are to: operator, place, status and the latest
// capacity or output told. A variety of a good counts where output is told of the good as a whole.
// good: id of the good
// country: ISO alpha-3 code of the country to leave out
:param good => 'MAG_NDFEB_S';
:param country => 'CHN';
MATCH (wanted:Commodity {id: $good})
MATCH (good:Commodity) WHERE good = wanted OR good.id = wanted.splitOf
MATCH (facility:Facility)-[makes:PRODUCES]->(good)
WHERE makes.isCurrent AND NOT facility.status IN ['cancelled', 'suspended']
MATCH (facility)-[seat:LOCATED_IN]->(place:Country)
WHERE seat.isCurrent AND place.iso3 <> $country
WITH facility, makes, good, seat, place ORDER BY makes.year DESC, makes.factId
WITH facility, good, seat, place, head(collect(makes)) AS makes
MATCH p = (place)<-[seat]-(facility)-[makes]->(good)
OPTIONAL MATCH run = (facility)<-[link:OPERATES]-(:Company) WHERE link.isCurrent
RETURN p, run, facility.name AS name, facility.status AS status, makes.output AS tonnes, makes.basis AS basis,
       makes.year AS year, makes.confidence AS confidence
ORDER BY status <> 'operating', tonnes DESC, name, year
LIMIT 200;
