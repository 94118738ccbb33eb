"""Webhooks: messages are written beside what they tell of, and sent until they are taken."""
