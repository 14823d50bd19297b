"""A Neo4j server of one's own, without Docker: Java runs it, Maven fetches it, one folder holds it."""
