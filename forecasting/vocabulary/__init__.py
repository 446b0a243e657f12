"""The words that all rooms share: errors, periods, measures, quantities, caveats, file names."""
