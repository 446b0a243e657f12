"""Where reports go: folders, object stores, locks, the index."""
