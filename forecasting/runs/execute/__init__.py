"""A general notebook engine: cells run in a kernel or in a forked process."""
