// The weak facts behind an exposure
// Folder: 5 Exposure
// Answers: the facts that a company's strongest paths rest on, weakest first: what they say, whose word it is and
// how old. Results meet evidence here.
// run: id of a run, or the name of its scenario
// company: id of the company
:param run => 'october-2025-controls';
:param company => 'lockheed-martin';
MATCH (run:Run) WHERE $run IN [run.id, run.scenario]
WITH run ORDER BY run.id LIMIT 1
MATCH ()-[step:CARRIES {run: run.id, exposed: 'Company:' + $company}]->()
UNWIND step.facts AS factId
WITH DISTINCT factId
CALL (factId) {
  MATCH (a)-[fact]->(b) WHERE fact.factId = factId
  RETURN a.uid + ' ' + type(fact) + ' ' + b.uid AS claim, fact AS said
  UNION
  MATCH (fact:Entity {factId: factId})
  RETURN fact.uid AS claim, fact AS said
}
RETURN claim, said.confidence AS confidence, said.asOf AS asOf, said.sources AS sources, said.note AS note
ORDER BY confidence DESC, asOf, claim;
