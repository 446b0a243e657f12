"""Evidence: published statements as facts, read and checked by one set of rules."""
