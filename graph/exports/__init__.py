"""How the graph leaves: one class per format."""
