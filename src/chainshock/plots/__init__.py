"""Draw results as PNG or SVG, with the extra `plots`; signs differ in grey and to colour-blind readers."""
