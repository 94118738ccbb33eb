# ruff: noqa: D103 - the ONNX specification documents each operator
"""Recurrent layers, as torch computes them: over rows of an image's tokens (Sequencer)."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from workers.models.onnx.call import Call
from workers.models.onnx.registry import operator

aten = torch.ops.aten

#: Where torch's gates (i, f, c, o; r, z, h) stand among those of ONNX (i, o, f, c; z, r, h).
_LSTM = (0, 2, 3, 1)
_GRU = (1, 0, 2)


def _directions(call: Call) -> int:
    direction = call.attr("direction", "forward")
    if direction not in ("forward", "bidirectional"):
        raise call.refuse(f"direction {direction!r} is not supported")
    return 2 if direction == "bidirectional" else 1


def _weights(call: Call, order: tuple[int, ...], w: Tensor, r: Tensor, b: Tensor | None) -> list[Tensor]:
    """W, R and the two halves of B of each direction, with the gates in torch's order."""
    hidden = int(call.attr("hidden_size", r.shape[-1]))
    found: list[Tensor] = []
    for direction in range(_directions(call)):
        halves = [] if b is None else list(torch.split(b[direction], len(order) * hidden))
        for tensor in (w[direction], r[direction], *halves):
            gates = torch.split(tensor, hidden)
            found.append(torch.cat([gates[gate] for gate in order]) if len(order) > 1 else tensor)
    return found


def _refuse_others(call: Call, activations: list[str], lengths: Tensor | None, peephole: Tensor | None = None) -> None:
    asked = [name.lower() for name in call.attr("activations") or activations * _directions(call)]
    if asked != [name.lower() for name in activations * _directions(call)]:
        raise call.refuse(f"activations {asked} are not supported")
    if call.attr("clip") is not None or call.attr("input_forget", 0) or peephole is not None:
        raise call.refuse("clip, input_forget and peepholes are not supported")
    if call.attr("layout", 0):
        raise call.refuse("layout 1 is not supported")
    if lengths is not None:
        raise call.refuse("sequence lengths are not supported")


def _start(call: Call, x: Tensor, hidden: int, given: Tensor | None) -> Tensor:
    if given is not None and given.shape[1] == x.shape[1]:
        return given
    if given is not None and given.shape[1] == 1:
        return given.expand(-1, x.shape[1], -1)
    if given is not None and not call.batch.freed:
        raise call.refuse("its first state is of another batch size")
    return x.new_zeros(_directions(call), x.shape[1], hidden)


def _outward(call: Call, y: Tensor) -> Tensor:
    """(steps, n, directions · hidden) → (steps, directions, n, hidden)."""
    steps, n, width = y.shape
    directions = _directions(call)
    return y.reshape(steps, n, directions, width // directions).transpose(1, 2)


@operator(
    "LSTM", since=7, note="forward or both ways, torch's activations, without peepholes and lengths", weights=(1, 2, 3)
)
def lstm(
    call: Call,
    x: Tensor,
    w: Tensor,
    r: Tensor,
    b: Tensor | None = None,
    lengths: Tensor | None = None,
    h: Tensor | None = None,
    c: Tensor | None = None,
    peephole: Tensor | None = None,
) -> tuple[Tensor, ...]:
    _refuse_others(call, ["Sigmoid", "Tanh", "Tanh"], lengths, peephole)
    weights = _weights(call, _LSTM, w, r, b)
    state = [_start(call, x, r.shape[-1], given) for given in (h, c)]
    both = _directions(call) == 2
    y, last, cell = aten.lstm.input(x, state, weights, b is not None, 1, 0.0, False, both, False)
    return _outward(call, y), last, cell


def _simple(call: Call, function: Callable[..., Any], x: Tensor, weights: list[Tensor], h: Tensor) -> Any:
    directions = _directions(call)
    y, last = function(x, h, weights, len(weights) > 2 * directions, 1, 0.0, False, directions == 2, False)
    return _outward(call, y), last


@operator(
    "GRU",
    since=7,
    note="linear_before_reset=1, forward or both ways, torch's activations, without lengths",
    weights=(1, 2, 3),
)
def gru(
    call: Call,
    x: Tensor,
    w: Tensor,
    r: Tensor,
    b: Tensor | None = None,
    lengths: Tensor | None = None,
    h: Tensor | None = None,
) -> Any:
    _refuse_others(call, ["Sigmoid", "Tanh"], lengths)
    if not call.attr("linear_before_reset", 0):
        raise call.refuse("linear_before_reset=0 is not supported")
    return _simple(call, aten.gru.input, x, _weights(call, _GRU, w, r, b), _start(call, x, r.shape[-1], h))


@operator("RNN", since=7, note="tanh or relu, forward or both ways, without lengths", weights=(1, 2, 3))
def rnn(
    call: Call,
    x: Tensor,
    w: Tensor,
    r: Tensor,
    b: Tensor | None = None,
    lengths: Tensor | None = None,
    h: Tensor | None = None,
) -> Any:
    kind = (call.attr("activations") or ["Tanh"])[0]
    _refuse_others(call, ["Relu" if kind.lower() == "relu" else "Tanh"], lengths)
    function = aten.rnn_relu.input if kind.lower() == "relu" else aten.rnn_tanh.input
    return _simple(call, function, x, _weights(call, (0,), w, r, b), _start(call, x, r.shape[-1], h))
