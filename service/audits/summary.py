"""What the short forms of a report (Markdown, CSV, JUnit, SARIF) show of it, read from the JSON of any version."""

import json
from collections.abc import Iterator
from typing import Self

from openapi.audits import Stopped
from openapi.base import NEWER, Frozen
from openapi.report import AttackReport, Check, Clean, Interval, ReportVerdict, WorstCase, untried
from openapi.text import visible_texts
from openapi.threat_models import label_of


class Subject(Frozen):
    """A model or data set, and what its inspection warned of; reports of version 1.0 say nothing of that."""

    name: str
    sha256: str = ""
    labels: tuple[str, ...] | None = None
    warnings: tuple[str, ...] = ()


class Share(Frozen):
    """A proportion of `n` samples with its interval."""

    accuracy: float
    correct: int
    n: int
    ci95: Interval

    @classmethod
    def of(cls, block: Clean | AttackReport | WorstCase) -> Self:
        """The accuracy that a part of the report tells: the robust one, but of clean images."""
        if isinstance(block, Clean):
            return cls(accuracy=block.accuracy, correct=block.correct, n=block.n, ci95=block.ci95)
        return cls(accuracy=block.robust_accuracy, correct=block.robust, n=block.n, ci95=block.ci95)


class Summary(Frozen):
    """The parts of `openapi.report.Report` that they show."""

    id: str
    model: Subject
    dataset: Subject
    clean: Clean
    attacks: tuple[AttackReport, ...]
    worst_case: tuple[WorstCase, ...]
    checks: tuple[Check, ...]
    verdict: ReportVerdict
    stopped: Stopped | None = None

    @classmethod
    def read(cls, report: bytes) -> Self:
        """Read a JSON report, every text in it made visible (see `openapi.text`)."""
        return cls.model_validate(visible_texts(json.loads(report)), extra=NEWER)

    def warnings(self) -> Iterator[tuple[str, str]]:
        """Each warning of an inspection, with ``model`` or ``data set`` before it: a wrong guess there spoils every
        number."""
        for name, part in (("model", self.model), ("data set", self.dataset)):
            yield from ((name, text) for text in part.warnings)

    def measured(self, block: Clean | AttackReport | WorstCase) -> bool:
        """Whether a part tells of an attack that was tried; false where no image has the region that may change."""
        if isinstance(block, WorstCase):
            return not untried(block, self.attacks)
        return isinstance(block, Clean) or not block.blind


#: What stands where a share would, if no image has the region that an attack may change.
NOT_TRIED = "not attacked: no image has the region"


def threat_label(block: AttackReport | WorstCase) -> str:
    """The threat model of a part for people; from its name where the report is older than 1.3."""
    return label_of(block.threat_model) if block.threat is None else block.threat.label
