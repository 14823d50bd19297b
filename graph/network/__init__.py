"""The production network: plain arrays, compiled from the facts valid at a date."""
