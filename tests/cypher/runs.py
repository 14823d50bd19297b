"""The runs that the tests store."""

CONTROLS, TRUCE = "october-2025-controls", "october-2025-truce"
EXPLAINED = "huntington-ingalls"
