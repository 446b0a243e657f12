"""What is learned from other markets: how they grew, and how they built chargers."""
