// Who supplies a company, tier by tier
// Folder: 2 Dependence
// Answers: the named contracts and internal feeds behind a company, up to three tiers, with what is supplied.
// Contracts that ended or are only planned are left out. What is not published is not there: most is not.
// company: id of the buyer
:param company => 'general-motors';
MATCH p = (supplier)-[deliveries:SUPPLIES*1..3]->(:Company {id: $company})
WHERE all(d IN deliveries WHERE d.isCurrent AND d.status IN ['active', 'conditional'])
RETURN p
ORDER BY length(p), supplier.uid, deliveries[0].commodity
LIMIT 100;
