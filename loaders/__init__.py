"""How facts come in: one module per source, and the shipped reference data."""
