"""Pages of the hazards."""
