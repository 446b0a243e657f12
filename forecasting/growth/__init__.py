"""Growth: what facts and analogue markets say of a market's path."""
