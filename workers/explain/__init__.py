"""Explanations: how a perturbation works on a model, where in the image, and on which units (Xu et al., PSE).

Only the paper's abstract is at hand: logits, class activation maps, refinement, masking of units and dissection are the
paper's, the formulas reconstructions. `shares` needs numpy alone; what runs a model needs torch.
"""
