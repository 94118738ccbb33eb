"""Uploads that come in parts (tus 1.0)."""
