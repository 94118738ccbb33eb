"""Streaming accumulators of neuron sensitivity that give the same sums for any batching and any sharding, see `exact`.

Needs numpy alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workers.neurons.exact import Floats, Ints, add_pairs, sum_rows

_FORMAT = 1


@dataclass(frozen=True)
class LayerBatch:
    """What one batch of pairs did in one layer; each array is (batch, neurons) of L1 norms over the `dim` elements.

    difference: ‖F(x) − F(x')‖₁; benign: ‖F(x)‖₁. Where both are 0 the neuron is 0 throughout on x and on x'.
    """

    difference: Floats
    benign: Floats
    dim: int


@dataclass(frozen=True)
class LayerTotals:
    """Sums over all samples for one layer, one number a neuron.

    difference: Σ ‖ΔF‖₁; benign: Σ ‖F(x)‖₁; ratio: Σ ‖ΔF‖₁/‖F(x)‖₁ over the samples with ‖F(x)‖₁ > 0;
    difference_at_zero: Σ ‖ΔF‖₁ over the others; zero: how many others there are;
    active: samples on which the neuron is not 0 throughout, benign or adversarial.
    """

    n: int
    dim: int
    difference: Floats
    benign: Floats
    ratio: Floats
    difference_at_zero: Floats
    zero: Ints
    active: Ints


class SensitivitySums:
    """Per-neuron totals of all layers, streamed over batches of dual pairs and merged over shards.

    Memory does not grow with the number of samples. An empty object learns its layers from the first batch.
    """

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        self.neurons: tuple[int, ...] = ()
        self.dims: tuple[int, ...] = ()
        self.n = 0
        self._high = np.zeros((4, 0))
        self._low = np.zeros((4, 0))
        self._counts = np.zeros((2, 0), np.int64)

    def add(self, batch: Mapping[str, LayerBatch]) -> None:
        """Add one batch of pairs: layer name → its L1 norms. The layers must be the same each time."""
        layers = list(batch.values())
        rows = len(layers[0].difference) if layers else 0
        if not rows:
            return
        one = SensitivitySums()
        one.names = tuple(batch)
        one.neurons = tuple(layer.difference.shape[1] for layer in layers)
        one.dims = tuple(layer.dim for layer in layers)
        one.n = rows
        difference = np.concatenate([layer.difference for layer in layers], 1)
        benign = np.concatenate([layer.benign for layer in layers], 1)
        zero = benign == 0
        ratio = np.divide(difference, benign, out=np.zeros_like(difference), where=~zero)
        values = np.stack([difference, benign, ratio, np.where(zero, difference, 0.0)], 1)
        one._high, one._low = sum_rows(values)
        one._counts = np.stack([zero.sum(0), (~zero | (difference != 0)).sum(0)]).astype(np.int64)
        self.merge(one)

    def merge(self, other: "SensitivitySums") -> None:
        """Add another shard's totals to these; `ValueError` when the layers differ."""
        if not other.n:
            return
        if not self.n:
            self.names, self.neurons, self.dims, self.n = other.names, other.neurons, other.dims, other.n
            self._high, self._low, self._counts = other._high.copy(), other._low.copy(), other._counts.copy()
            return
        if (self.names, self.neurons, self.dims) != (other.names, other.neurons, other.dims):
            raise ValueError("only sums over the same layers, tap and input size can be merged")
        self.n += other.n
        self._high, self._low = add_pairs((self._high, self._low), (other._high, other._low))
        self._counts = self._counts + other._counts

    def layer(self, name: str) -> LayerTotals:
        """The totals of one layer; `KeyError` when it was not tapped."""
        if name not in self.names:
            raise KeyError(name)
        i = self.names.index(name)
        start = sum(self.neurons[:i])
        part = slice(start, start + self.neurons[i])
        difference, benign, ratio, difference_at_zero = self._high[:, part]
        zero, active = self._counts[:, part]
        return LayerTotals(self.n, self.dims[i], difference, benign, ratio, difference_at_zero, zero, active)

    def save(self, path: Path) -> None:
        """Write an `.npz` of float64 totals and int64 counts that `load` reads back bit for bit."""
        with path.open("wb") as file:
            np.savez(
                file,
                format=np.int64(_FORMAT),
                names=np.array(self.names, dtype=np.str_),
                neurons=np.array(self.neurons, np.int64),
                dims=np.array(self.dims, np.int64),
                n=np.int64(self.n),
                high=self._high,
                low=self._low,
                counts=self._counts,
            )

    @classmethod
    def load(cls, path: Path) -> "SensitivitySums":
        """Read what `save` wrote; `ValueError` for another format version."""
        with np.load(path, allow_pickle=False) as data:
            if int(data["format"]) != _FORMAT:
                raise ValueError(f"{path.name} holds sums of format {int(data['format'])}, this code reads {_FORMAT}")
            sums = cls()
            sums.names = tuple(str(name) for name in data["names"])
            sums.neurons = tuple(int(v) for v in data["neurons"])
            sums.dims = tuple(int(v) for v in data["dims"])
            sums.n = int(data["n"])
            sums._high, sums._low, sums._counts = data["high"], data["low"], data["counts"]
        return sums


def merge_sums(shards: Sequence[SensitivitySums]) -> SensitivitySums:
    """The totals of all shards together, exactly what one shard over all samples would hold."""
    merged = SensitivitySums()
    for shard in shards:
        merged.merge(shard)
    return merged
