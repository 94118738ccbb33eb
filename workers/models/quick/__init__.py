"""The same function of the pixels, computed faster while no weight changes: what attacks make their passes through."""
