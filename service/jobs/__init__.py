"""What audits and hardenings have in common."""
