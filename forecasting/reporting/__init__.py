"""Reporting: tables, figures, pages and files made of outlooks."""
