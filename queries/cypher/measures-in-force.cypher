// Measures in force on a day
// Folder: 3 Measures
// Answers: which measures were in effect on a day and not suspended or ended, with all that is known today about
// that day. Of several statements on one suspension the latest says how long it lasted.
// day: the day
// issuer: ISO alpha-3 code of the issuer, or * for all
:param day => date('2025-10-27');
:param issuer => '*';
MATCH (measure:Measure)
WHERE measure.announced <= $day AND measure.effective <= $day
  AND (measure.ended IS NULL OR measure.ended > $day)
CALL (measure) {
  MATCH (measure)<-[:VINTAGE_OF*0..1]-(said)
  WHERE said.suspendedFrom IS NOT NULL
  WITH said ORDER BY said.knownFrom, said.factId
  WITH said.suspendedFrom AS first, last(collect(coalesce(said.suspendedTo, date('9999-12-31')))) AS last
  RETURN collect([first, last]) AS suspensions
}
WITH measure, suspensions
WHERE none(pause IN suspensions WHERE pause[0] <= $day AND $day <= pause[1])
OPTIONAL MATCH (measure)-[act:IMPOSED_BY]->(country:Country) WHERE act.isCurrent
WITH measure, suspensions, collect(country.iso3) AS issuers
WHERE $issuer = '*' OR $issuer IN issuers
RETURN measure.id AS measure, measure.kind AS kind, issuers, measure.title AS title,
       measure.effective AS effective, any(pause IN suspensions WHERE pause[1] < $day) AS resumed,
       measure.isModelled AS modelled
ORDER BY effective, measure;
