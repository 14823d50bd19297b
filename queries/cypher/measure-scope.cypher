// What a measure covers
// Folder: 3 Measures
// Answers: who imposed a measure, which goods it restricts and whom it names.
// measure: id of the measure
:param measure => 'CN-2025-18';
MATCH p = (:Measure {id: $measure})-[link:IMPOSED_BY|RESTRICTS|TARGETS]->(thing)
WHERE link.isCurrent
RETURN p
ORDER BY type(link), thing.uid
LIMIT 200;
