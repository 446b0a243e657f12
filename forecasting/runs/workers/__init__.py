"""Where scenarios run: processes, forks of a warm parent, a cluster."""
