"""Whether white-box attacks apply to a model: judged by its graph first, and by several kinds of images second.

A ReLU network may be dead on noise and alive on photographs, and a square root has no finite derivative at 0: what some
images show decides nothing. What decides is whether the graph has a path from pixels to logits on which no operator's
derivative is zero everywhere, and whether torch can differentiate it at all.
"""

import time
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, fx

from workers.models.audited import AuditedModel
from workers.models.graphs import op_name
from workers.refusals import said

#: Piecewise constant operators: their derivative is 0 wherever it exists.
_FLAT = {
    "round", "floor", "ceil", "trunc", "sign", "sgn", "heaviside", "argmax", "argmin", "detach", "bucketize",
    "eq", "ne", "lt", "le", "gt", "ge", "floor_divide", "one_hot", "bool", "argsort", "signbit", "searchsorted",
}  # fmt: skip


_NONE = "the gradient of the logits is zero everywhere: every path rounds, compares or looks numbers up"


@dataclass(frozen=True)
class Verdict:
    """reason: why only black-box attacks apply, None where white-box ones do. warning: what to know even so.
    cost: milliseconds of a forward and a backward pass for one image on this machine (forward alone without gradient).
    """

    reason: str | None
    warning: str | None
    cost: float


def judge(model: AuditedModel) -> Verdict:
    """Look for a differentiable path in the graph, and at the gradients of fourteen probe images."""
    images = probes(model)
    path = model.differentiable and has_path(model.graph.graph)
    x = images.clone().requires_grad_(path)
    started = time.perf_counter()
    with torch.set_grad_enabled(path):
        score = model(x[:2]).square().sum()
        if path and score.requires_grad:
            try:
                path = torch.autograd.grad(score, x, allow_unused=True)[0] is not None
            except (RuntimeError, NotImplementedError) as error:
                cost = _per_image(started)
                return Verdict(f"no gradient ({said(error, 200)})", None, cost)
    cost = _per_image(started)
    if not model.differentiable:
        return Verdict(None, None, cost)
    if not path or not score.requires_grad:  # what whole numbers look up is in no path of torch's
        return Verdict(_NONE, None, cost)
    started = time.perf_counter()  # the passes above were the first ones, which cost many times as much
    size = torch.cat([_largest(model, pair) for pair in torch.split(images, 2)])
    cost = (time.perf_counter() - started) * 1000 / len(images)
    broken, zero, n = int((~torch.isfinite(size)).sum()), int((size == 0).sum()), len(images)
    if broken == n:
        return Verdict("the gradient of the logits is not finite", None, cost)
    found = []
    if zero:
        found.append(f"zero at {zero} of {n} probe images")
    if broken:
        found.append(f"not finite at {broken} of {n}")
    warning = (
        f"the gradient of the logits is {' and '.join(found)} (noise, constants): see the audit's checks on your images"
    )
    return Verdict(None, warning if found else None, cost)


def tells_by_gradients(model: AuditedModel) -> bool:
    """Whether the logits depend on the pixels in a way that gradients can tell of: by the graph, and by one try."""
    if not (model.differentiable and has_path(model.graph.graph)):
        return False
    x = probes(model)[:2].requires_grad_()
    try:
        with torch.enable_grad():
            torch.autograd.grad(model(x).square().sum(), x)
    except (RuntimeError, NotImplementedError):  # an operator without a derivative, or none of the pixels is used
        return False
    return True


def _largest(model: AuditedModel, images: Tensor) -> Tensor:
    """The largest entry of each image's gradient, (n,)."""
    x = images.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(model(x).square().sum(), x)
    return gradient.flatten(1).abs().amax(1)


def _per_image(started: float) -> float:
    return (time.perf_counter() - started) * 1000 / 2


def has_path(graph: fx.Graph) -> bool:
    """Whether some path leads from the input to the output past every operator that is constant in pieces."""
    reached: set[fx.Node] = set()
    for node in graph.nodes:
        if node.op == "output":
            return any(source in reached for source in node.all_input_nodes)
        passes = op_name(node).removesuffix("_") not in _FLAT
        if node.op == "placeholder" or (passes and any(source in reached for source in node.all_input_nodes)):
            reached.add(node)
    return False


def probes(model: AuditedModel) -> Tensor:
    """Return fourteen images (14, c, h, w) in [0, 1]: uniform noise, weaker noise, blurred noise, and flat images."""
    assert model.input.shape is not None
    shape = tuple(model.input.shape)
    g = torch.Generator().manual_seed(0)
    uniform = torch.rand(4, *shape, generator=g)
    faint = [0.5 + scale * (torch.rand(1, *shape, generator=g) - 0.5) for scale in (0.3, 0.03)]
    coarse = torch.rand(4, shape[0], 4, 4, generator=g)
    blurred = F.interpolate(coarse, shape[1:], mode="bilinear", align_corners=False)
    flat = [torch.full((1, *shape), level) for level in (0.0, 0.25, 0.5, 1.0)]
    return torch.cat([uniform, *faint, blurred, *flat]).to(model.transform.scale.device)
