"""The arrays engine: how a shock spreads along a production network."""
