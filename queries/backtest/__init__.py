"""Hold the model to what happened: recorded outcomes, scores, and baselines to beat."""
