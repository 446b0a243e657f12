"""Evaluation: forecasts scored against what happened."""
