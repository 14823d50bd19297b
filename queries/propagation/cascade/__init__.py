"""The published ESRI family of cascades on a bare network."""
