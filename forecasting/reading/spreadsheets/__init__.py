"""Tables as offices keep them, in stages: grid, layout, roles, facts."""
