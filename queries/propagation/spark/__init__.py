"""The cascade on Apache Spark: the same questions, on networks that one machine does not hold."""
