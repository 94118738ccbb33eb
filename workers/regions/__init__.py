"""Regions: in which parts of an image a single pixel decides (adversarial robustness in pixel space, by segments).

The published abstract says what is searched; segmentations, values, budgets and semantic measures are ours. `summary`
needs numpy and scipy alone; what runs a model needs torch, and never a gradient.
"""
