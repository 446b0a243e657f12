"""From vehicles imported to charging points needed: registrations, fleet, energy, charging,
service, load.

Each step stands on its own and can be checked by hand; ``chain.demand_outlook`` runs them all on
whole paths.
"""
