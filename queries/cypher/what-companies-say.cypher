// What companies themselves said
// Folder: 6 Firms
// Answers: what companies stated about being hit, spared or favoured by a measure, with date and source.
// measure: id of the measure
:param measure => 'CN-2025-18';
MATCH (company:Company)-[said:STATES]->(:Measure {id: $measure})
WHERE said.isCurrent
RETURN company.name AS company, said.date AS date, said.status AS status, said.metric AS metric,
       said.statement AS statement, said.sources AS sources
ORDER BY status, company, date, metric;
