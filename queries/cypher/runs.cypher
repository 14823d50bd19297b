// Stored runs
// Folder: 5 Exposure
// Answers: which runs of the model are stored, on which facts, under which rules, and how many results each has.
MATCH (run:Run)
OPTIONAL MATCH (run)-[result:EXPOSES]->()
RETURN run.id AS run, run.scenario AS scenario, run.asOf AS asOf, run.dataEdition AS dataEdition,
       run.horizon AS horizon, run.rationing AS rationing, run.substitution AS substitution, run.samples AS samples,
       run.seed AS seed, run.version AS version, count(result) AS results
ORDER BY scenario, run;
