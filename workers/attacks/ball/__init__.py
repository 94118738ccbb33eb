"""Attacks inside a ball of radius eps, by gradients."""
