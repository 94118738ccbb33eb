"""Class activation maps: CAM where the head averages a map and weighs its channels, Grad-CAM elsewhere."""

import contextlib
from collections.abc import Iterator
from typing import Literal

import torch
from torch import Tensor, nn

from openapi.problems import NotDifferentiable
from workers.explain.feature_map import FeatureMap, find_feature_map, trial_images, with_value
from workers.models.audited import AuditedModel
from workers.models.differentiability import tells_by_gradients
from workers.neurons.heads.last_layer import find_last_layer
from workers.neurons.heads.walk import NoLastLayer

Kind = Literal["cam", "grad_cam"]
_AGREES = 1e-4


class ClassMaps:
    """``maps(x, classes)``: where in the image a class is seen.

    CAM: C(x, c) = Σ_k W[c, k] A_k, for heads that average the feature map A over its places and weigh its channels
    (Zhou et al., "Learning Deep Features for Discriminative Localization", 2016). Elsewhere, and where a layer is
    chosen, Grad-CAM: max(Σ_k α_k A_k, 0) with α_k = mean over places of ∂z_c/∂A_k (Selvaraju et al., "Grad-CAM", 2017).
    A transformer's map is its grid of tokens, see `feature_map`.

    kind: which of the two it is; feature_map: A. Raises `InvalidField` where the model has no map, `NotDifferentiable`
    where it needs gradients and has none.
    """

    def __init__(self, model: AuditedModel, layer: str | None = None) -> None:
        self.feature_map: FeatureMap = find_feature_map(model, layer)
        self._run = with_value(model, self.feature_map.node)
        self.weight = None if layer is not None else pooled_weight(model, self.feature_map)
        self.kind: Kind = "grad_cam" if self.weight is None else "cam"
        if self.weight is None and not tells_by_gradients(model):
            raise NotDifferentiable(
                "class activation maps need gradients here: this model gives none, and its head does not average a "
                "feature map"
            )

    def __call__(self, x: Tensor, classes: Tensor) -> Tensor:
        """x (n, c, h, w) in [0, 1], classes (n, k) → maps (n, k, rows, columns) float32 of the feature map's size."""
        if self.weight is not None:
            with torch.no_grad():
                features = self.feature_map.canonical(self._run(x)[1])
            return torch.einsum("nkc,nchw->nkhw", self.weight[classes], features.float())
        with torch.enable_grad():
            z, value = self._run(x.detach().requires_grad_())
            columns = z.gather(1, classes).unbind(1)
            grads = [torch.autograd.grad(column.sum(), value, retain_graph=True)[0] for column in columns]
        features = self.feature_map.canonical(value.detach()).float()
        alpha = torch.stack([self.feature_map.canonical(grad).float().mean((2, 3)) for grad in grads], 1)
        return torch.einsum("nkc,nchw->nkhw", alpha, features).clamp_(min=0)


def pooled_weight(model: AuditedModel, feature_map: FeatureMap) -> Tensor | None:
    """Return W (classes, channels) where the logits are a bias and W times the mean of the map; None elsewhere.

    Whatever stands between the map and the logits, it is so if the numbers of the trial images say so: W is the last
    layer's weight, or the unit matrix where the map has a channel a class.
    """
    with torch.no_grad():
        z, value = with_value(model, feature_map.node)(trial_images(model))
    means = feature_map.canonical(value).double().mean((2, 3))
    for weight in _head_weights(model):
        if weight.shape == (z.shape[1], means.shape[1]) and _same_but_for_a_bias(z.double(), means @ weight.double().T):
            return weight
    return None


def _head_weights(model: AuditedModel) -> Iterator[Tensor]:
    """Yield the matrices (classes, channels) that the head may be."""
    device = model.transform.scale.device
    yield torch.eye(model.num_classes, device=device)
    with contextlib.suppress(NoLastLayer):
        yield torch.from_numpy(find_last_layer(model).weight).to(device)


def _same_but_for_a_bias(z: Tensor, found: Tensor) -> bool:
    """Whether two (n, classes) differ by the same amount a class for all images, to rounding."""
    rest = z - found
    spread = (z.amax(0) - z.amin(0)).amax()
    return bool(spread > 0 and ((rest - rest[:1]).abs().amax() <= _AGREES * spread))


def upsampled(maps: Tensor, h: int, w: int) -> Tensor:
    """Return (n, k, h, w) maps in the size of the images, bilinear between the centres of the places."""
    return nn.functional.interpolate(maps, (h, w), mode="bilinear", align_corners=False)
