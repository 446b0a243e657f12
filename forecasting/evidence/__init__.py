"""Evidence: published statements as facts, read and checked at one door."""
