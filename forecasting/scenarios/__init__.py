"""Scenarios: what a params file may say, and one scenario from facts to outlook."""
