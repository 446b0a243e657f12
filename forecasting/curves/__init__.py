"""Growth curves for a series: definitions, models, their results, many series at once."""
