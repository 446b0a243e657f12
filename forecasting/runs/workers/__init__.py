"""Where scenarios run: processes, forks of a fork server, a cluster."""
