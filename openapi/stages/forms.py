"""What each stage takes and gives."""

from typing import NamedTuple

from openapi.stages.attack import AttackParams, AttackValue
from openapi.stages.base import Stage, Wire
from openapi.stages.harden import HardenParams, HardenValue
from openapi.stages.inspect_dataset import InspectDatasetParams, InspectDatasetValue
from openapi.stages.inspect_model import InspectModelParams, InspectModelValue
from openapi.stages.neurons import NeuronsParams, NeuronsValue
from openapi.stages.prepare import PrepareParams, PrepareValue
from openapi.stages.report import ReportParams, ReportValue


class Form(NamedTuple):
    """The models of a stage's parameters and of its value."""

    params: type[Wire]
    value: type[Wire]


FORMS = {
    Stage.INSPECT_MODEL: Form(InspectModelParams, InspectModelValue),
    Stage.INSPECT_DATASET: Form(InspectDatasetParams, InspectDatasetValue),
    Stage.PREPARE: Form(PrepareParams, PrepareValue),
    Stage.ATTACK: Form(AttackParams, AttackValue),
    Stage.NEURONS: Form(NeuronsParams, NeuronsValue),
    Stage.HARDEN: Form(HardenParams, HardenValue),
    Stage.REPORT: Form(ReportParams, ReportValue),
}
