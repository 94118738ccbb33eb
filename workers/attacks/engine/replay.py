"""Gradient passes that are recorded once and then replayed as a whole.

On a GPU a small net's pass takes as long as the launches of its kernels; a CUDA graph launches them all at once. A
recording reads and writes the same memory in every replay, for one batch size: rows retire one by one, so that batches
are padded to few sizes. Whether a recording gives what the pass gives is looked at before it is used, and where it does
not, or cannot be made, passes are made as usual.
"""

import functools
import types
import warnings
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from workers.attacks.engine.totals import Extras

#: (model output (m, K), loss (m,), gradient (m, c, h, w))
Outputs = tuple[Tensor, Tensor, Tensor]
Loss = Callable[..., Tensor]

_WORTH = 3  # a pass is recorded the third time it is asked for: many come once
_MOST = 32  # recordings of one model; each holds its inputs and outputs, and the device's copy of its kernels
_LEAST = 8  # rows of the smallest recording
#: Largest differences between a replay and the pass itself: of outputs by their range, of a row's gradient and of
#: losses by the largest entry. (float32, bfloat16)
_OUTPUT, _GRADIENT = (1e-5, 0.02), (1e-4, 0.1)

#: Graphs whose recording broke and could not be ended. Torch's allocator goes on asking them what is theirs, so that
#: they must live as long as it does; and nothing more is recorded in this process.
_LOST: list[torch.cuda.CUDAGraph] = []


class Recorder(Protocol):
    """Makes recordings that may share memory with each other; with the last of them that memory is given back."""

    def record(self, run: Callable[..., Outputs], inputs: Sequence[Tensor]) -> Callable[[], Outputs]:
        """Return what runs ``run(*inputs)`` again, on what these very tensors hold by then.

        The tensors it returns may be the same ones each time, written over. May raise anything.
        """
        ...


class CudaRecorder:
    """Records CUDA graphs; they share one memory pool, and run one after another on the stream that is current."""

    def __init__(self, device: torch.device) -> None:
        self._stream = torch.cuda.Stream(device)
        self._pool = torch.cuda.graph_pool_handle()

    def record(self, run: Callable[..., Outputs], inputs: Sequence[Tensor]) -> Callable[[], Outputs]:
        """See `Recorder`. Raises what `run` raises, and RuntimeError where it waits for the device."""
        if _LOST:
            raise RuntimeError("a recording of this process could not be ended: its allocator's state is unknown")
        caller = torch.cuda.current_stream(self._stream.device)
        self._stream.wait_stream(caller)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.stream(self._stream):  # restores the stream: `graph` does not where its end fails
            try:
                run(*inputs)  # what libraries set up at their first use on a stream must not be recorded
                _without_waiting(run, inputs)
            finally:
                caller.wait_stream(self._stream)  # who may free the inputs
            try:
                with torch.cuda.graph(graph, pool=self._pool, stream=self._stream):
                    outputs = run(*inputs)
            except Exception:
                if not _is_ended(graph):
                    _LOST.append(graph)
                raise

        def play() -> Outputs:
            graph.replay()
            return outputs

        return play


def _is_ended(graph: torch.cuda.CUDAGraph) -> bool:
    """Whether a recording came to a regular end, if only of a part of the pass."""
    try:
        graph.pool()
    except RuntimeError:
        return False
    return True


def _without_waiting(run: Callable[..., Outputs], inputs: Sequence[Tensor]) -> None:
    """Run once with an error at every operator that waits for the device: met in a recording it would break that, and
    what torch keeps of it.
    """
    before = torch.cuda.get_sync_debug_mode()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the mode misses some; they fail later
        torch.cuda.set_sync_debug_mode("error")
    try:
        run(*inputs)
    finally:
        torch.cuda.set_sync_debug_mode(before)


#: Device type → what records passes there; on other devices passes are made as usual.
RECORDERS: dict[str, Callable[[torch.device], Recorder]] = {"cuda": CudaRecorder}


def padded_size(n: int, tile: int) -> int:
    """Return the rows of the recording for n rows (n <= tile): the next of 8, 12, 16, 24, 32, 48 and so on, at most the
    tile: a third of a pass is padding at worst."""
    power = max(_LEAST, 1 << (n - 1).bit_length())
    between = power * 3 // 4
    return min(between if between >= _LEAST and n <= between else power, tile)


@dataclass(frozen=True)
class _Recording:
    inputs: tuple[Tensor, ...]
    play: Callable[[], Outputs]

    def fill(self, values: Sequence[Tensor]) -> None:
        _fill(self.inputs, values)


class Replays:
    """The recorded gradient passes of one model, as long as its weights do not change.

    `replayed`: passes (of one tile each) that were replayed. `reason`: why no pass is recorded any more, else None.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._recorder: Recorder | None = None
        self._recordings: dict[Hashable, _Recording] = {}
        self._seen: Counter[Hashable] = Counter()
        self.replayed = 0
        self.reason: str | None = None

    @property
    def told(self) -> int | str:
        """What the report says: how many passes were replayed, or why that was given up."""
        return self.replayed if self.reason is None else f"given up: {self.reason}"

    def extras(self) -> Extras:
        """That, as an attack tells it besides."""
        return {"cuda_graphs": self.told}

    def __len__(self) -> int:
        return len(self._recordings)

    def gradient(
        self,
        run: Callable[..., Outputs],
        x: Tensor,
        loss: Loss,
        args: Sequence[Tensor],
        *,
        rough: bool,
        tile: int,
    ) -> Outputs | None:
        """Return the m rows of ``run(loss, x, *args)``, in memory of their own; None where there is no recording.

        x: (m, c, h, w), m <= tile; every arg has m rows. `run` must be the same function for the same `rough`, with
        rows that never meet. Only losses that are functions of a module are recorded: others may hold what changes.

        Raises what `run` raises when it is not being recorded, out of memory among it.
        """
        if self.reason is not None or not _is_fixed(loss):
            return None
        inputs = (x, *args)
        key = (loss, rough, padded_size(len(x), tile), tuple((v.shape[1:], v.dtype) for v in inputs))
        recording = self._recordings.get(key)
        if recording is None:
            self._seen[key] += 1
            if self._seen[key] < _WORTH or len(self._recordings) >= _MOST:
                return None
            return self._record(key, functools.partial(run, loss), inputs, padded_size(len(x), tile), rough)
        recording.fill(inputs)
        self.replayed += 1
        return _rows(recording.play(), len(x))

    def give_up(self, reason: str) -> None:
        """Record and replay no more."""
        self.reason = reason
        self.forget()

    def forget(self) -> None:
        """Drop all recordings: their memory is one pool, which goes back when all of them are gone."""
        self._recordings.clear()
        self._seen.clear()
        self._recorder = None  # a pool that has been given back cannot be taken again

    def _record(
        self, key: Hashable, run: Callable[..., Outputs], values: Sequence[Tensor], size: int, rough: bool
    ) -> Outputs:
        """Record a pass, look whether it is the pass, and return the pass itself."""
        inputs = tuple(v.new_empty((size, *v.shape[1:])) for v in values)
        _fill(inputs, values)
        usual, reason = run(*inputs), None
        try:
            _fill(inputs, [v.flip(0) for v in values])  # other values, to see that a replay follows its inputs
            if self._recorder is None:
                self._recorder = RECORDERS[self._device.type](self._device)
            recording = _Recording(inputs, self._recorder.record(run, inputs))
            recording.fill(values)
            if _agree(usual, recording.play(), rough):
                self._recordings[key] = recording
            else:
                reason = "a replayed pass differed from the pass itself"
        except Exception as error:  # a model may do anything; the attack goes on without recordings
            reason = f"recording a pass raised {type(error).__name__}"
        if reason is not None:
            self.give_up(reason)
            if self._device.type == "cuda":
                torch.cuda.empty_cache()
        return _rows(usual, len(values[0]))


def _is_fixed(loss: Loss) -> bool:
    """Whether a loss is a plain function of a module, which is the same whenever it is met again."""
    return isinstance(loss, types.FunctionType) and loss.__closure__ is None and "<locals>" not in loss.__qualname__


def _fill(inputs: Sequence[Tensor], values: Sequence[Tensor]) -> None:
    """Write the values over the inputs; the last row again where there are fewer."""
    for to, value in zip(inputs, values, strict=True):
        rest = len(to) - len(value)
        if rest:
            torch.cat([value, value[-1:].expand(rest, *value.shape[1:])], out=to)
        else:
            to.copy_(value)


def _rows(outputs: Outputs, n: int) -> Outputs:
    z, value, grad = outputs
    return z[:n].clone(), value[:n].clone(), grad[:n].clone()


def _agree(usual: Outputs, replayed: Outputs, rough: bool) -> bool:
    (z, value, grad), (z2, value2, grad2) = usual, replayed
    grad, grad2 = grad.flatten(1), grad2.flatten(1)
    largest = grad.abs().nan_to_num(0, 0, 0).amax(1, keepdim=True)
    near = (
        _near(z, z2, _OUTPUT[rough] * (z.amax() - z.amin())),
        _near(value, value2, _GRADIENT[rough] * value.abs().amax()),
        _near(grad, grad2, _GRADIENT[rough] * largest),
    )
    return bool(torch.stack(near).all())


def _near(a: Tensor, b: Tensor, most: Tensor) -> Tensor:
    """Whether entries differ by no more than `most`, or are both no numbers (rows without a gradient)."""
    return (((a - b).abs() <= most) | ~(a.isfinite() | b.isfinite())).all()
