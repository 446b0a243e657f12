"""Reading: from files, tables and sentences as they are printed to the rows of a ledger."""
