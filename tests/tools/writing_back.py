"""What was read, written in every format in which hardening delivers, and read again with the same logits."""

import dataclasses
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from tests.tools.kinks import images
from tests.workers.models.nets import relative
from workers.hardening.checkpoints import WRITERS
from workers.models.audited import AuditedModel
from workers.models.load import load_model

#: Largest relative difference of the logits of a file that was read again.
AGREES = 1e-4


@dataclasses.dataclass
class Returned:
    """The largest relative difference of logits over the formats, and {format: why it did not come back}."""

    worst: float = 0.0
    failures: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def counted(self) -> str:
        """In how many formats it came back."""
        return f"{len(WRITERS) - len(self.failures)} of {len(WRITERS)}"

    @property
    def reasons(self) -> list[str]:
        """The failures, a line each."""
        return [f"{key}: {reason}" for key, reason in self.failures.items()]


def returned(model: AuditedModel, folder: Path, shown: Tensor | None = None) -> Returned:
    """Write the model in every format and read each file again.

    shown: images (n, c, h, w) at which logits are compared; three random ones by default.
    """
    assert model.input.shape is not None
    shown = images(3, model.input.shape) if shown is None else shown
    found = Returned()
    for key, (name, write) in WRITERS.items():
        path = folder / f"returned-{name}"
        try:
            write(model, path)
            difference = _weights_differ(model, path) if key == "safetensors" else _logits_differ(model, path, shown)
        except Exception as error:
            found.failures[key] = f"{type(error).__name__}: {str(error).strip()[:200]}"
            continue
        finally:
            path.unlink(missing_ok=True)
        found.worst = max(found.worst, difference)
        if not difference <= AGREES:
            found.failures[key] = f"read again, it differs by {difference:.1e}"
    return found


def _logits_differ(model: AuditedModel, path: Path, shown: Tensor) -> float:
    again = load_model(path, None, model.input)
    with torch.no_grad():
        return float(relative(again(shown), model(shown)))


def _weights_differ(model: AuditedModel, path: Path) -> float:
    """0 where each tensor is stored as it is held, by its name, and infinite otherwise."""
    stored, held = load_file(path), model.graph.state_dict()
    same = stored.keys() == held.keys() and all(torch.equal(stored[name], held[name]) for name in held)
    return 0.0 if same else float("inf")


__all__ = ["AGREES", "Returned", "returned"]
