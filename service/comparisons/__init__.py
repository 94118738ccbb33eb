"""Comparisons: two audits of the same samples, sample by sample."""
