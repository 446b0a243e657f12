"""Where reports go: folders, locks, the index."""
