"""API keys, where the service asks for them, and the rate limit."""
