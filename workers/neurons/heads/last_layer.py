"""The last layer of a classifier as one linear map from the penultimate neurons, whatever the graph wrote around it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from workers.models.audited import AuditedModel
from workers.models.extra_outputs import WithNodes, with_nodes
from workers.neurons.exact import Floats, Ints
from workers.neurons.heads.linear_map import averaged_map, linear_map, positions
from workers.neurons.heads.neuron_ids import NONE, NeuronIds
from workers.neurons.heads.walk import NoLastLayer, Recorded, evaluate, last_layers, layer_nodes, logits_node, record

#: How the last layer reads the penultimate activations, see `LastLayer`.
Reading = Literal["linear", "averaged", "rectified"]

#: Largest share of the logits' spread by which W a + b may miss them.
TOLERANCE = 1e-5
_ROWS = 2


@dataclass(frozen=True)
class LastLayer:
    """z = W a + b of the penultimate activations a; numpy alone, `Penultimate` reads a in a pass.

    name: the last layer (of a head over two tokens: both, joined by " + "); penultimate: the layer whose neurons it
    reads, or what the names of several have in common; neurons: how many; neuron_of: (inputs,) the neuron of each
    number that is read (a flattened map gives a neuron many, two tokens give it two); origin: (neurons,) layer and
    channel of each; weight: (classes, inputs); bias: (classes,), 0 where the file has none; both float32. A single
    logit z of the file is two classes with logits 0 and z.

    reading: `linear`: a is (n, inputs), what the layer reads, flattened; `averaged`: a 1×1 convolution whose map is
    averaged afterwards: a (n, inputs) is the average of the map it reads; `rectified`: a ReLU stands before that
    average (SqueezeNet), so that a is (n, inputs, positions) and z_y = mean_p max(0, W_y a_p + b_y). nodes: where it
    stands.
    """

    name: str
    penultimate: str
    neurons: int
    neuron_of: Ints
    origin: tuple[tuple[str, int], ...]
    weight: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]
    nodes: tuple[str, ...]
    reading: Reading = "linear"

    @property
    def inputs(self) -> int:
        """How many numbers of an image the last layer reads (at each position)."""
        return len(self.neuron_of)

    @property
    def flat(self) -> bool:
        """Whether each neuron is exactly one input, in order."""
        return self.inputs == self.neurons and bool((self.neuron_of == np.arange(self.neurons)).all())

    def by_neuron(self, values: npt.NDArray[np.floating]) -> Floats:
        """Sum what stands for the inputs over each neuron: (…, inputs) → (…, neurons) float64."""
        wide = np.asarray(values, np.float64)
        if self.flat:
            return wide
        out = np.zeros((*wide.shape[:-1], self.neurons))
        rows, flat = out.reshape(-1, self.neurons), wide.reshape(-1, self.inputs)
        for row, value in zip(rows, flat, strict=True):
            row += np.bincount(self.neuron_of, value, minlength=self.neurons)
        return out

    def logits(self, a: npt.NDArray[np.floating]) -> Floats:
        """a (n, inputs) or, rectified, (n, inputs, positions) → z (n, classes), in float64."""
        weight, bias = self.weight.astype(np.float64), self.bias.astype(np.float64)
        if self.reading != "rectified":
            z: Floats = a.astype(np.float64) @ weight.T + bias
            return z
        at = np.einsum("nip,yi->nyp", a.astype(np.float64), weight) + bias[:, None]
        rectified: Floats = np.maximum(at, 0).mean(2)
        return rectified

    def contributions(self, a: npt.NDArray[np.floating], classes: npt.NDArray[np.integer]) -> Floats:
        """φ = a_m W[y, m] summed over a neuron's inputs (SNS, Eq. 3; the sum is ours): (n, neurons) float64.

        classes: (n,) the class y of each image. Σ_m φ_m + b_y is the logit z_y; where the head is rectified,
        φ_m = mean_p [W_y a_p + b_y > 0] a_mp W[y, m] (ours), and b_y counts by the share of positions that are on.
        """
        rows = self.weight[classes].astype(np.float64)
        if self.reading != "rectified":
            return self.by_neuron(a.astype(np.float64) * rows)
        return self.by_neuron(np.einsum("nip,ni,np->ni", a.astype(np.float64), rows, self._on(a, classes)) / a.shape[2])

    def constant(self, a: npt.NDArray[np.floating], classes: npt.NDArray[np.integer]) -> Floats:
        """What no neuron contributes: b_y of each image's class, by the share that counts where rectified; (n,)."""
        share: Floats = self._on(a, classes).mean(1) if self.reading == "rectified" else np.ones(len(a))
        constant: Floats = share * self.bias[classes]
        return constant

    def _on(self, a: npt.NDArray[np.floating], classes: npt.NDArray[np.integer]) -> Floats:
        """Which positions of the class's map pass the ReLU: (n, positions) of 0 and 1."""
        at = np.einsum("nip,ni->np", a.astype(np.float64), self.weight[classes].astype(np.float64))
        on: Floats = (at + self.bias[classes].astype(np.float64)[:, None] > 0).astype(np.float64)
        return on


class Penultimate(nn.Module):
    """``forward``: x (n, c, h, w) in [0, 1] → (logits (n, classes), a as `LastLayer` has it); differentiable."""

    def __init__(self, model: AuditedModel, last: LastLayer) -> None:
        super().__init__()
        self.model, self.last = model, last
        self._function: WithNodes = with_nodes(model.graph.graph, last.nodes)
        self._revision = model._revision
        self.training = False

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """See the class."""
        if self._revision != self.model._revision:
            self._function = with_nodes(self.model.graph.graph, self.last.nodes)
            self._revision = self.model._revision
        logits, values = self._function(self.model.graph, self.model.transform(x))
        return logits.float(), arranged(values, self.last.reading)


def arranged(values: list[Tensor], reading: Reading) -> Tensor:
    """The values of `LastLayer.nodes` as the activations a."""
    if reading == "linear":
        return torch.cat([value.flatten(1) for value in values], 1).float()
    (value,) = values
    maps = value.flatten(2).float()
    return maps.mean(2) if reading == "averaged" else maps


def find_last_layer(model: AuditedModel, example: Tensor | None = None) -> LastLayer:
    """Find the last linear layer in the graph and make W, b of it and of what stands behind it.

    example: (2, c, h, w) or more images in [0, 1] on which both are compared (None: random ones). Raises `NoLastLayer`
    saying what is missing: no layer before the last, an operator behind it that is not linear, inputs that are no
    neuron's.
    """
    x = _images(model) if example is None else example[:_ROWS]
    layers = layer_nodes(model)
    last = last_layers(model, layers)
    if not last:
        raise NoLastLayer("the network has no layer with weights")
    reads = tuple(dict.fromkeys(layer.reads for layer in last))
    recorded = record(model, x, [*reads, *[layer.end for layer in last], logits_node(model)])
    finder = NeuronIds(model, [layer for layer in layers if layer not in last], recorded)
    ids = [finder.of(node) for node in reads]
    averaged = averaged_map(model, last[0], recorded) if len(last) == 1 and positions(last[0], recorded) > 1 else None
    reading: Reading = "linear"
    if averaged is not None:
        reading, weight, bias = averaged
        ids = [ids[0].reshape(len(ids[0]), -1)[:, 0]]
    else:
        weight, bias = linear_map(model, last, reads, recorded)
    neuron_of, origin = _numbered(torch.cat([part.reshape(-1) for part in ids]).numpy(), finder.origin)
    found = LastLayer(
        name=" + ".join(layer.name for layer in last),
        penultimate=_common([name for name, _ in origin]),
        neurons=len(origin),
        neuron_of=neuron_of,
        origin=origin,
        weight=weight.cpu().numpy().astype(np.float32),
        bias=bias.cpu().numpy().astype(np.float32),
        nodes=tuple(node.name for node in reads),
        reading=reading,
    )
    _check(model, found, recorded)
    return found


def _images(model: AuditedModel) -> Tensor:
    shape = model.input.shape
    assert shape is not None
    images = torch.rand((_ROWS, *shape), generator=torch.Generator().manual_seed(0))
    return images.to(model.transform.scale.device)


def _numbered(ids: npt.NDArray[np.int64], origin: list[tuple[str, int]]) -> tuple[Ints, tuple[tuple[str, int], ...]]:
    """Number the neurons that are read from 0, in the order of their first input."""
    if (ids == NONE).any():
        raise NoLastLayer(f"{int((ids == NONE).sum())} of the {len(ids)} numbers that it reads are no neuron's output")
    kept, first, inverse = np.unique(ids, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    place = np.empty(len(kept), np.int64)
    place[order] = np.arange(len(kept))
    return place[inverse], tuple(origin[int(i)] for i in kept[order])


def _common(names: list[str]) -> str:
    """One layer's name; of several what their dotted names begin with, or the first and the last."""
    unique = list(dict.fromkeys(names))
    if len(unique) == 1:
        return unique[0]
    shared = []
    for parts in zip(*[name.split(".") for name in unique], strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return ".".join(shared) or f"{unique[0]} … {unique[-1]}"


@torch.no_grad()
def _check(model: AuditedModel, last: LastLayer, recorded: Recorded) -> None:
    """Compare with the graph, on the activations of the images and on random ones of their size."""
    nodes = [node for node in recorded.values if node.name in last.nodes]
    nodes.sort(key=lambda node: last.nodes.index(node.name))
    real = [recorded.values[node] for node in nodes]
    generator = torch.Generator().manual_seed(1)
    noise = [torch.randn(value.shape, generator=generator).to(value) * value.abs().amax() for value in real]
    for values in (real, noise):
        z = evaluate(model, recorded, dict(zip(nodes, values, strict=True))).double().cpu().numpy()
        error = np.abs(last.logits(arranged(values, last.reading).cpu().numpy()) - z).max()
        if error > TOLERANCE * max(np.ptp(z), np.abs(z).max()):
            raise NoLastLayer(f"what stands behind {last.name} is not linear in what it reads (off by {error:.2g})")
