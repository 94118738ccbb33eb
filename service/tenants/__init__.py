"""Those whose things are kept apart: who asks, what is theirs, and how much they may have."""
