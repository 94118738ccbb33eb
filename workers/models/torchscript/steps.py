"""The steps that a TorchScript program is compiled to: functions of numbered values."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from workers.models.torchscript import calls, known

Environment = list[Any]
#: ``step(program, values)``
Step = Callable[[Any, Environment], None]


@dataclass
class Block:
    """Steps, the slots of its inputs, and the slots of its results."""

    steps: list[Step] = field(default_factory=list)
    inputs: list[int] = field(default_factory=list)
    results: list[int] = field(default_factory=list)

    def run(self, program: Any, values: Environment) -> None:
        """Run the steps."""
        program.spend(len(self.steps))
        for step in self.steps:
            step(program, values)


def constant(out: int, value: Any) -> Step:
    """Put a value into a slot; lists and dictionaries are fresh each time, since the program may change them."""

    def step(program: Any, values: Environment) -> None:
        # lists are fresh each time: the program may append to them
        values[out] = list(value) if isinstance(value, list) else value

    return step


def load(path: str, out: int) -> Step:
    """Put a tensor of the program, by its dotted name, into a slot."""

    def step(program: Any, values: Environment) -> None:
        values[out] = _tensor(program, path)

    return step


def load_all(paths: list[str], out: int) -> Step:
    """Put a list of tensors of the program into a slot."""

    def step(program: Any, values: Environment) -> None:
        values[out] = [_tensor(program, path) for path in paths]

    return step


def _tensor(program: Any, path: str) -> Any:
    tensor = program.module.tensor(path)
    known.load(tensor, program.numbers.get(path))
    return tensor


def call(function: calls.Function, ins: list[int], out: int) -> Step:
    """Put a function of slots into a slot."""

    def step(program: Any, values: Environment) -> None:
        values[out] = function(program, *[values[i] for i in ins])

    return step


def call_many(function: calls.Function, ins: list[int], outs: list[int]) -> Step:
    """Put the results of a function of slots into as many slots."""

    def step(program: Any, values: Environment) -> None:
        results = function(program, *[values[i] for i in ins])
        if outs:
            for out, result in zip(outs, results, strict=True):
                values[out] = result

    return step


def branch(condition: int, yes: Block, no: Block, outs: list[int]) -> Step:
    """Run one of two blocks."""

    def step(program: Any, values: Environment) -> None:
        block = yes if calls.truth(values[condition]) else no
        block.run(program, values)
        for out, result in zip(outs, block.results, strict=True):
            values[out] = values[result]

    return step


def loop(ins: list[int], body: Block, outs: list[int]) -> Step:
    """Run a block as long as TorchScript's loop does."""

    def step(program: Any, values: Environment) -> None:
        limit, going = values[ins[0]], calls.truth(values[ins[1]])
        carried = [values[i] for i in ins[2:]]
        turn = 0
        while going and turn < limit:
            values[body.inputs[0]] = turn
            for slot, value in zip(body.inputs[1:], carried, strict=True):
                values[slot] = value
            program.spend(1)
            body.run(program, values)
            going = calls.truth(values[body.results[0]])
            carried = [values[i] for i in body.results[1:]]
            turn += 1
        for out, value in zip(outs, carried, strict=True):
            values[out] = value

    return step
