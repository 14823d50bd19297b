"""The picture: one HTML file that explains an exposure, laid out here and drawn in a browser."""
