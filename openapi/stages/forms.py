"""What each stage takes and gives."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from openapi.analyses import work
from openapi.stages.attack import AttackParams, AttackValue
from openapi.stages.base import Stage, Wire
from openapi.stages.harden import HardenParams, HardenValue
from openapi.stages.inspect_dataset import InspectDatasetParams, InspectDatasetValue
from openapi.stages.inspect_model import InspectModelParams, InspectModelValue
from openapi.stages.neurons import NeuronsParams, NeuronsValue
from openapi.stages.prepare import PrepareParams, PrepareValue
from openapi.stages.replay import ReplayParams, ReplayValue
from openapi.stages.report import ReportParams, ReportValue
from openapi.stages.transfer import TransferParams


class Form(NamedTuple):
    """The models of a stage's parameters and of its value."""

    params: type[Wire]
    value: type[Wire]


#: Of every stage but `analysis`, whose works have each their own.
FORMS = {
    Stage.INSPECT_MODEL: Form(InspectModelParams, InspectModelValue),
    Stage.INSPECT_DATASET: Form(InspectDatasetParams, InspectDatasetValue),
    Stage.PREPARE: Form(PrepareParams, PrepareValue),
    Stage.ATTACK: Form(AttackParams, AttackValue),
    Stage.TRANSFER: Form(TransferParams, AttackValue),
    Stage.REPLAY: Form(ReplayParams, ReplayValue),
    Stage.NEURONS: Form(NeuronsParams, NeuronsValue),
    Stage.HARDEN: Form(HardenParams, HardenValue),
    Stage.REPORT: Form(ReportParams, ReportValue),
}


def form_of(stage: Stage, params: Mapping[str, Any]) -> Form:
    """The models of a stage, or of the work that the parameters name. Raises `ValueError` for an unknown work."""
    if stage is not Stage.ANALYSIS:
        return FORMS[stage]
    found = work(str(params.get("work")))
    return Form(found.params, found.value)
