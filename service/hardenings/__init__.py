"""Hardenings: training a model against attacks, and comparing before and after."""
