"""The project on Spark: a cluster on one machine, and the comparison of every mart with DuckDB."""
