"""Fitting curves to series: what GrowthModel and fit_curves are made of."""
