// What happened to measures between two dates
// Folder: 3 Measures
// Answers: what was announced, took effect, was suspended or ended after the first day and up to the last.
// after: the day before the first
// until: the last day
:param after => date('2025-10-01');
:param until => date('2025-11-30');
MATCH (measure:Measure)
UNWIND [[measure.announced, 'announced'], [measure.effective, 'takes effect'],
        [measure.suspendedFrom, 'suspended'], [measure.suspendedTo, 'last day of suspension'],
        [measure.ended, 'ended']] AS event
WITH measure, event[0] AS day, event[1] AS what
WHERE $after < day <= $until
RETURN day, measure.id AS measure, what, measure.title AS title, measure.kind AS kind
ORDER BY day, measure, what;
