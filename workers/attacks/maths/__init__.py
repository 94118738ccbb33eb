"""Norms, balls and their projections, losses."""
