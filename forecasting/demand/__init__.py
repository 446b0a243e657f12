"""Demand: from vehicles imported to charging points needed."""
