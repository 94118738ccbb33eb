"""The attacked model as an attack sees it: counted passes in tiles, with errors that name the sample."""

import contextlib
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from openapi.attacks import ATTACKS
from openapi.problems import MemoryLimit, ModelNumerics, NotDifferentiable
from workers.attacks.engine.replay import Replays
from workers.refusals import out_of_memory

Logits = Callable[[Tensor], Tensor]
#: ``loss(logits, *args) -> (n,)``; every arg is a tensor with one row a sample
Loss = Callable[..., Tensor]

DEFAULT_TILE = {"cpu": 64, "cuda": 1024}


@contextlib.contextmanager
def frozen(model: Logits) -> Iterator[None]:
    """Put a module into eval mode without weight gradients, and leave it exactly as it was (mode per submodule)."""
    if not isinstance(model, nn.Module):
        yield
        return
    modes = [(m, m.training) for m in model.modules()]
    grads = [(p, p.requires_grad) for p in model.parameters()]
    try:
        model.eval()
        for p, _ in grads:
            p.requires_grad_(False)
        yield
    finally:
        for m, mode in modes:
            m.training = mode
        for p, flag in grads:
            p.requires_grad_(flag)


def quickened(model: Logits, example: Tensor, *, tempered: bool = False) -> Logits:
    """Return what the attack's own passes go through: ``model.quickened(example)`` where a model offers that.

    tempered: with gradients to climb by where it mixes probabilities, see `workers.models.quick.tempered`.
    """
    offer: Callable[..., Logits] | None = getattr(model, "quickened", None)
    return model if offer is None else offer(example, tempered=tempered)


def usual_size(n: int) -> int:
    """Return the batch that n rows are padded to: 1, 2, 4 or the next multiple of 4.

    Kernels are compiled for each new batch size, which for a small net costs as much as half a pass; rows retire one by
    one, so that every size would come up.
    """
    return n if n <= 2 else -(-n // 4) * 4


class Victim:
    """Passes through the model for the rows of one chunk.

    x is any (m, c, h, w); `rows` (m,) says which sample of the chunk each row belongs to (repeats allowed: a
    population). Passes run in tiles of `tile` rows; out of memory halves the tile, and the result is the same, since
    rows never meet. `forwards` and `backwards` (n,) count passes per sample; `zero_gradients` (n,) marks samples
    whose gradient was once exactly zero everywhere (where `labels` (n,) are given: before the sample was fooled: DLR is
    flat beyond the boundary), `bad_gradients` those with a NaN or infinite one (treated as zero).

    probabilities: the model ends in a softmax, so that `logits` and `gradient` work on log-probabilities: same
    decisions, and gradients that do not saturate. rough: `gradient` runs in bfloat16 (`gradient_precision`); its logits
    and loss
    then have two digits, and whoever decides by them asks `logits` again. All other passes are in float32.

    least: images of the smallest pass, which padding brings it to. One image alone goes through other kernels, which
    round differently, so that results would depend on where tiles end: 2 where nobody counts the images a model sees.

    replays: recorded passes of this model that `gradient` replays where there are any; None makes every pass as usual.

    Raises ModelNumerics (NaN or infinite logits; `index` names the sample), NotDifferentiable, MemoryLimit.
    """

    def __init__(
        self,
        model: Logits,
        index: Tensor,
        *,
        tile: int | None = None,
        probabilities: bool = False,
        rough: bool = False,
        replays: Replays | None = None,
        least: int = 1,
        labels: Tensor | None = None,
    ) -> None:
        self.model, self.index, self.probabilities, self.rough = model, index, probabilities, rough
        self.replays, self.least, self.labels = replays, least, labels
        self.tile = tile or DEFAULT_TILE.get(index.device.type, 64)
        n, device = len(index), index.device
        self.forwards = torch.zeros(n, dtype=torch.int64, device=device)
        self.backwards = torch.zeros(n, dtype=torch.int64, device=device)
        self.zero_gradients = torch.zeros(n, dtype=torch.bool, device=device)
        self.bad_gradients = torch.zeros(n, dtype=torch.bool, device=device)

    @property
    def everyone(self) -> Tensor:
        """All rows, (n,)."""
        return torch.arange(len(self.index), device=self.index.device)

    def logits(self, x: Tensor, rows: Tensor) -> Tensor:
        """Return (m, K) logits without gradient."""
        self._count(self.forwards, rows)
        with torch.no_grad():
            out = self._tiled(lambda s: (self._forward(x[s], rows[s]),), len(x))
        return out[0]

    def gradient(self, x: Tensor, loss: Loss, rows: Tensor, *args: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return logits (m, K), the loss (m,) and its gradient with respect to x (m, c, h, w): one pass each way.

        ``loss(logits, *args)`` gets the tile's slice of each arg.
        """
        self._count(self.forwards, rows)
        self._count(self.backwards, rows)

        def run(s: slice) -> tuple[Tensor, ...]:
            images, rest, out = x[s], tuple(a[s] for a in args), None
            if self.replays is not None:
                out = self.replays.gradient(self._both_ways, images, loss, rest, rough=self.rough, tile=self.tile)
            z, value, grad = self._both_ways(loss, images, *rest) if out is None else out
            self._check_finite(z, rows[s])
            return self._scores(z), value, grad

        logits, value, grad = self._tiled(run, len(x))
        return logits, value, self._checked(grad, rows, logits)

    def jacobian(self, x: Tensor, classes: Tensor, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (m, K) and d z_k / d x for k in `classes` (m, j), as (m, j, c, h, w): one forward, j
        backward."""
        self._count(self.forwards, rows)
        self._count(self.backwards, rows, classes.shape[1])

        def run(s: slice) -> tuple[Tensor, ...]:
            leaf = x[s].detach().requires_grad_()
            with torch.enable_grad():
                z = self._forward(leaf, rows[s])
                chosen = z.gather(1, classes[s])
                grads = [self._grad(chosen[:, j].sum(), leaf, True)[0] for j in range(classes.shape[1])]
            return z.detach(), torch.stack(grads, 1)

        logits, grads = self._tiled(run, len(x))
        self._checked(grads, rows, logits)
        return logits, grads

    def _both_ways(self, loss: Loss, x: Tensor, *args: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the model's output, the loss and its gradient; nothing in here may wait for the device (`replay`)."""
        leaf = x.detach().requires_grad_()
        with torch.enable_grad():
            with torch.autocast(leaf.device.type, torch.bfloat16, enabled=self.rough):
                z = self._output(leaf)
            value = loss(self._scores(z), *args)
            (grad,) = self._grad(value.sum(), leaf)
        return z.detach(), value.detach(), grad.contiguous()  # not expanded: callers write over it

    def _forward(self, x: Tensor, rows: Tensor) -> Tensor:
        z = self._output(x)
        self._check_finite(z.detach(), rows)
        return self._scores(z)

    def _output(self, x: Tensor) -> Tensor:
        n = len(x)
        missing = max(usual_size(n), self.least) - n
        if missing:
            x = torch.cat([x, x[-1:].detach().expand(missing, *x.shape[1:])])
        return self.model(x)[:n].to(torch.float32)

    def _scores(self, z: Tensor) -> Tensor:
        return (z + 1e-30).log() if self.probabilities else z

    def _check_finite(self, z: Tensor, rows: Tensor) -> None:
        if bool(torch.isfinite(z.sum())):  # one reduction; the search for the sample only when it fails
            return
        bad = (~torch.isfinite(z)).any(1).nonzero().flatten()
        if len(bad):
            index = int(self.index[rows[bad[0]]])
            raise ModelNumerics(
                f"The model gave NaN or infinite logits for sample {index} (or an image within its attack's reach); "
                "check the weights, the input's range, mean and std, and half-precision overflow.",
                index=index,
            )

    @staticmethod
    def _grad(value: Tensor, leaf: Tensor, retain: bool = False) -> tuple[Tensor, ...]:
        try:
            return torch.autograd.grad(value, leaf, retain_graph=retain)
        except RuntimeError as error:
            if "does not require grad" in str(error) or "appears to not have been used" in str(error):
                raise NotDifferentiable(
                    "The model's output has no gradient with respect to its input; only black-box attacks "
                    f"({', '.join(name for name, kind in ATTACKS.items() if kind.facts.black_box)}) apply."
                ) from error
            raise

    def _checked(self, grad: Tensor, rows: Tensor, logits: Tensor) -> Tensor:
        # one pass over the gradient; rows whose squares vanish or overflow are looked at again
        square = torch.linalg.vector_norm(grad.flatten(1), dim=1)
        doubtful = ~(square > 0) | ~torch.isfinite(square)
        if bool(doubtful.any()):
            at = doubtful.nonzero().flatten()
            largest = grad[at].flatten(1).abs().amax(1)
            bad = ~torch.isfinite(largest)
            zero = at[largest == 0]
            if self.labels is not None:
                zero = zero[logits[zero].argmax(1) == self.labels[rows[zero]]]
            self.zero_gradients[rows[zero]] = True
            self.bad_gradients[rows[at[bad]]] = True
            grad[at[bad]] = 0
        return grad

    def _count(self, counter: Tensor, rows: Tensor, times: int = 1) -> None:
        counter.index_add_(0, rows, torch.full_like(rows, times))

    def _tiled(self, run: Callable[[slice], tuple[Tensor, ...]], n: int) -> tuple[Tensor, ...]:
        parts: list[tuple[Tensor, ...]] = []
        begin = 0
        while begin < n:
            tiles = -(-(n - begin) // self.tile)  # equal shares: a small rest would be slow
            end = min(begin + min(usual_size(-(-(n - begin) // tiles)), self.tile), n)
            try:
                parts.append(run(slice(begin, end)))
            except (RuntimeError, MemoryError) as error:
                if not out_of_memory(error):
                    raise
                if end - begin == 1:
                    raise MemoryLimit("One image through the model does not fit into this worker's memory.") from error
                self.tile = (end - begin) // 2
                if self.replays is not None:
                    self.replays.forget()  # recordings of larger tiles hold memory and are of no more use
            else:
                begin = end
                continue
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
        if len(parts) == 1:
            return parts[0]
        return tuple(torch.cat(p) for p in zip(*parts, strict=True))
