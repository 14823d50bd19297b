// Who holds a listed company, or is held by one, at or above a stake
// Folder: 6 Firms
// Answers: the chains of stakes, each at or above the least one, that end or begin at a listed company. Agreed
// and ended stakes are left out.
// stake: least stake of each step
:param stake => 0.5;
MATCH p = (owner)-[holds:OWNS*1..4]->(held)
WHERE all(h IN holds WHERE h.isCurrent AND h.status = 'active' AND h.stake >= $stake)
  AND (owner.isListed OR held.isListed)
RETURN p, reduce(part = 1.0, h IN holds | part * h.stake) AS share
ORDER BY length(p) DESC, owner.uid, held.uid
LIMIT 300;
