"""Neurons: how strongly each reacts to adversarial perturbation, and which ones matter (Zhang et al., SNS).

`sums`, `ranking`, `importance` and `similarity` need numpy alone; `measure` runs a model and needs torch.
"""
