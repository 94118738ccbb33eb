"""Where a result lies in a job: which attack on which slice, before or after hardening."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, PlainSerializer

from openapi.stages.attack import AttackFile
from openapi.stages.neurons import NeuronsFile

#: Files of the shards of attacks and neurons that the report merges.
Part = AttackFile | NeuronsFile


class Whose(StrEnum):
    """Whose result it is: the model's as it was uploaded, the hardened one's, or that of the rival method's."""

    BEFORE = "before"
    AFTER = "after"
    RIVAL = "rival"


@dataclass(frozen=True)
class Place:
    """A result, or a file of it: of `slice`, of the attack at the position `attack` of the job's list (None for the
    neuron analysis), on one side of a hardening, `whose`. A result is called as its first file is.
    """

    part: Part
    slice: int
    attack: int | None = None
    whose: Whose = Whose.BEFORE

    @classmethod
    def of_attack(cls, attack: int, slice: int, whose: Whose = Whose.BEFORE) -> Self:
        """The result of an attack on a slice."""
        return cls(AttackFile.SAMPLES, slice, attack, whose)

    @classmethod
    def of_neurons(cls, slice: int, whose: Whose = Whose.BEFORE) -> Self:
        """The result of the neuron analysis of a slice."""
        return cls(NeuronsFile.SUMS, slice, None, whose)

    @classmethod
    def parse(cls, name: str) -> Self:
        """Read a name as `str` writes it; `ValueError` for any other."""
        whose = next((s for s in (Whose.AFTER, Whose.RIVAL) if name.startswith(f"{s}.")), Whose.BEFORE)
        part, *numbers = name.removeprefix(f"{whose}.").split(".")
        parts: type[AttackFile] | type[NeuronsFile] = AttackFile if len(numbers) == 2 else NeuronsFile
        if len(numbers) in (1, 2) and all(number.isdecimal() for number in numbers):
            place = cls(parts(part), int(numbers[-1]), int(numbers[0]) if len(numbers) == 2 else None, whose)
            if str(place) == name:
                return place
        raise ValueError(f"{name!r} is the name of no result")

    @classmethod
    def find(cls, name: str) -> Self | None:
        """`parse`, but None for a name of something else."""
        try:
            return cls.parse(name)
        except ValueError:
            return None

    def file(self, part: Part) -> Self:
        """A file of this result."""
        return replace(self, part=part)

    def __str__(self) -> str:
        """Its name, as shards and inputs of the report are called: ``samples.<attack>.<slice>``, ``after.sums.<slice>``."""
        attack = "" if self.attack is None else f"{self.attack}."
        return f"{'' if self.whose is Whose.BEFORE else f'{self.whose}.'}{self.part}.{attack}{self.slice}"


def _read(value: Any) -> Any:
    return Place.parse(value) if isinstance(value, str) else value


#: A place in a model, in JSON by its name.
PlaceName = Annotated[Place, BeforeValidator(_read), PlainSerializer(str, return_type=str)]
