// Concentration of each good, stage by stage
// Folder: 4 Chokepoints
// Answers: the Herfindahl-Hirschman index of the countries that make each good (0 to 1; 1 is one maker) in its
// latest year with shares, the largest maker, and how much of the world's output the known shares cover. What
// they do not cover adds nothing, so the index is a lower bound.
// covered: least share of the world's output that must be known
:param covered => 0.5;
MATCH (maker:Country)-[made:PRODUCES]->(good:Commodity)
WHERE made.isCurrent AND made.share IS NOT NULL AND NOT coalesce(made.isProjection, false)
  AND NOT maker.iso3 IN ['WLD', 'EUU']
WITH good, made.year AS year, maker, max(made.share) AS share
ORDER BY share DESC, maker.iso3
WITH good, year, sum(share) AS covered, sum(share * share) AS hhi, count(*) AS makers,
     head(collect(maker.name)) AS largestMaker, max(share) AS largestShare
WHERE covered >= $covered
WITH good, year, covered, hhi, makers, largestMaker, largestShare ORDER BY year DESC
WITH good, head(collect({year: year, covered: covered, hhi: hhi, makers: makers, maker: largestMaker,
                         share: largestShare})) AS last
RETURN good.stage AS stage, good.name AS good, last.hhi AS hhi, last.maker AS largestMaker,
       last.share AS largestShare, last.makers AS makers, last.covered AS covered, last.year AS year
ORDER BY stage, hhi DESC, good;
