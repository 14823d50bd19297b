// Who got a licence and who did not
// Folder: 3 Measures
// Answers: the recorded events of licensing under a measure: approvals, refusals, practice and counts. The
// denominators of counts differ; each says its own.
// measure: id of the measure
:param measure => 'CN-2025-18';
MATCH (:Measure {id: $measure})-[event:LICENSES]->(who)
WHERE event.isCurrent
RETURN event.date AS date, who.name AS who, event.event AS event, event.outcome AS outcome, event.value AS value,
       event.unit AS unit, event.confidence AS confidence
ORDER BY date, who, event, outcome;
