"""Stage `report`: the results of all shards → the report, its page, the table of samples, and the kept examples.

Inputs: the files of every result under their names (`openapi.stages.places.Place`), ``labels`` where `choice` needs
them, ``images`` where examples are kept, files of the audits that rules are relative to (`baseline`), and of a hardening
the images that it ``trained`` on and those ``evaluated``, (n, c, h, w), as they were decoded.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer

from openapi.artifacts import ArtifactInfo
from openapi.attacks import AttackSpec
from openapi.audits import AuditRequest, Headline, Stopped, Verdict
from openapi.base import AS_WRITTEN, Json, JsonObject
from openapi.hardenings import HardeningRequest
from openapi.models import LayerInfo
from openapi.replays import ReplayReport
from openapi.report import ReportDataset, ReportModel
from openapi.stages.attack import AttackValue
from openapi.stages.base import Choice, Wire, is_none
from openapi.stages.comparison import AuditHardening, Comparison, NotHardened
from openapi.stages.harden import HardenValue, Origin
from openapi.stages.neurons import NeuronsValue
from openapi.stages.places import Place, PlaceName, Whose
from openapi.status import JobKind


class ReportFile(StrEnum):
    """`report` (JSON), `html`, `samples` (a line a sample) and `samples.after`, `metrics` and model `card` of a hardening; kept examples
    as `pictures` (PNG pairs) and `pairs`, and one file an attack (`examples_of`); of a hardening `compared`, pictures of images won and lost
    (`ComparedImages`). `views`: of an audit, what the calls about its analyses
    are answered from (`openapi.wire.columns`); `study`: every figure and table of an audit in a zip."""

    REPORT = "report"
    HTML = "html"
    SAMPLES = "samples"
    SAMPLES_AFTER = "samples.after"
    METRICS = "metrics"
    CARD = "card"
    PICTURES = "pictures"
    PAIRS = "pairs"
    COMPARED = "compared"
    VIEWS = "views"
    STUDY = "study"


class BaselineFile(StrEnum):
    """What is given of an earlier audit that rules are relative to."""

    REPORT = "report"
    SAMPLES = "samples"


def baseline(audit_id: str, file: BaselineFile) -> str:
    """The input with a file of an earlier audit."""
    return f"baseline.{file}.{audit_id}"


def examples_of(attack: int) -> str:
    """The file of the kept examples of the attack at a position of the list."""
    return f"examples.{attack}"


def examples_name(attack_id: str) -> str:
    """What the artifact with the kept examples of an attack is called."""
    return f"examples-{attack_id}.npz"


#: A moment as Python writes it, to the microsecond and with its offset.
_Moment = Annotated[datetime, PlainSerializer(datetime.isoformat, return_type=str)]


class StudiedModel(ReportModel, Wire):
    """What the report says of the model; `labels`: its own class names alone."""

    layers: tuple[LayerInfo, ...] = ()


class StudiedDataset(ReportDataset, Wire):
    """What the report says of the data set, and its class names in the order of the logits."""

    labels: tuple[str, ...] | None = None


class ReportParams(Wire):
    """Everything that the finished shards left, but for their files.

    attacks: with their ids. slices: of the samples of `choice`, which is left out for the first ones. values: of the
    shards by place. training: of a hardening; rival: of the method that it is shown beside; trained_on: its training set. hardening: of an audit. artifacts: of other stages. analyses: values of the
    works of neuron analyses by step; the files of a step are inputs ``STEP.FILE``. left_out: analyses that a preset
    names and this model does not allow, with the reason. replay: of an earlier audit's examples. Of an audit that ended
    early: why, which rules are `broken` for certain, and which are `undecided`, by position.
    """

    kind: Literal[JobKind.AUDIT, JobKind.HARDENING]
    job_id: str
    created_at: _Moment
    model: StudiedModel
    dataset: StudiedDataset
    request: AuditRequest | HardeningRequest
    attacks: tuple[AttackSpec, ...]
    slices: tuple[tuple[int, int], ...]
    choice: Choice | None = Field(None, exclude_if=is_none)
    values: dict[PlaceName, AttackValue | NeuronsValue]
    training: HardenValue | None = None
    rival: HardenValue | None = Field(None, exclude_if=is_none)
    trained_on: Origin | None = Field(None, exclude_if=is_none)
    environment: Json = {}
    timings: dict[str, float] = {}
    hardening: AuditHardening | NotHardened | None = None
    artifacts: tuple[ArtifactInfo, ...] = ()
    analyses: dict[str, Json] | None = Field(None, exclude_if=is_none)
    left_out: dict[str, str] | None = Field(None, exclude_if=is_none)
    replay: ReplayReport | None = Field(None, exclude_if=is_none)
    stopped: Stopped | None = Field(None, exclude_if=is_none)
    broken: tuple[int, ...] | None = Field(None, exclude_if=is_none)
    undecided: tuple[int, ...] | None = Field(None, exclude_if=is_none)

    def dump(self) -> JsonObject:
        """Its JSON, in which fractions are as they were written: the report says them so."""
        return self.model_dump(mode="json", by_alias=True, context=AS_WRITTEN)

    def of_attack(self, place: Place) -> AttackValue | None:
        """The value of an attack's shard; None when there is none."""
        value = self.values.get(place)
        return value if isinstance(value, AttackValue) else None

    def of_neurons(self, whose: Whose = Whose.BEFORE) -> list[NeuronsValue]:
        """The values of the neuron analysis of a side, by slice."""
        found = {
            place.slice: value
            for place, value in self.values.items()
            if isinstance(value, NeuronsValue) and place.whose is whose
        }
        return [found[slice] for slice in sorted(found)]


class ReportValue(Wire):
    """`metrics`: None for an audit."""

    verdict: Verdict | None
    metrics: Comparison | None
    headline: Headline
