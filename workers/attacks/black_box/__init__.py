"""Attacks that see logits alone."""
