"""Value what an entity could do against a shock, and choose within a budget."""
