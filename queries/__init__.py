"""What can be asked: scenarios, propagation, exposure, ranking, explanation."""
