"""Series of recorded facts over time, and how the licence shape fits them."""
