// Companies held at or above half by a buyer that a measure names
// Folder: 3 Measures
// Answers: which buyers measures name or refuse, and the companies that these hold at or above a stake, through
// any number of steps each at or above it: those that an ownership rule brings in scope.
// stake: least stake of each step
:param stake => 0.5;
MATCH (measure:Measure)-[named:TARGETS|LICENSES]->(buyer:Company)
WHERE named.isCurrent AND (type(named) = 'TARGETS' OR named.event IN ['refusal', 'restriction'])
MATCH p = (measure)-[named]->(buyer)-[holds:OWNS*0..4]->(held)
WHERE all(h IN holds WHERE h.isCurrent AND h.status = 'active' AND h.stake >= $stake)
RETURN p
ORDER BY measure.id, buyer.id, length(p), held.uid
LIMIT 200;
