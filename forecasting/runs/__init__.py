"""Runs: notebooks executed unattended."""
