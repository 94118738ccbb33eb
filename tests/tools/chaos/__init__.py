"""Real processes that are killed, stopped and starved from a seed, and audits that end with the same numbers."""
