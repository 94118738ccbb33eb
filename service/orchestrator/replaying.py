"""The step that tries an earlier audit's examples on the model, before anything else is done, and its first verdict."""

from openapi.audits import AuditRequest
from openapi.problems import InvalidField
from openapi.replays import ReplayReport, first_verdicts, replay_report
from openapi.stages.base import Given, Stage
from openapi.stages.replay import ReplayedAttack, ReplayParams, ReplayValue, replayed
from openapi.wire.jobs import Blob
from service.orchestrator.evaluation import Samples
from service.orchestrator.plan import Known, OutputOf, Step
from service.orchestrator.subjects import DatasetSubject

#: The phase and the name of the step.
REPLAY = "replay"


def replay_step(known: Known[AuditRequest], request: AuditRequest, dataset: DatasetSubject) -> Step:
    """The step. Raises `InvalidField` where the examples are gone."""
    if not known.kept:
        raise InvalidField("/replay_of", f"the examples of {request.replay_of} are gone")
    samples = Samples.of(request, dataset, known.slice_size)
    files: dict[str, Blob | OutputOf] = {replayed(i): kept.blob for i, kept in enumerate(known.kept)}
    return Step(
        REPLAY,
        REPLAY,
        Stage.REPLAY,
        {Given.MODEL: known.model.blob, **dataset.arrays(), **files},
        ReplayParams(
            model=known.model.contract(),
            attacks=tuple(ReplayedAttack(id=kept.attack, threat_model=kept.threat_model) for kept in known.kept),
            **samples.part(0, samples.size),
        ),
    )


def replay_of(known: Known[AuditRequest]) -> ReplayReport | None:
    """What the replay of an audit found; None where there is none (yet)."""
    value, request = _value(known), known.request
    if value is None or request.replay_of is None:
        return None
    return replay_report(request.replay_of, value, request.attacks or (), request.policy.rules)


def replayed_verdicts(known: Known[AuditRequest]) -> list[str]:
    """What the replay says of each rule of the policy; nothing where there is none (yet)."""
    found, value, request = replay_of(known), _value(known), known.request
    if found is None or value is None:
        return []
    return list(first_verdicts(found, value, request.attacks or (), request.policy.rules))


def _value(known: Known[AuditRequest]) -> ReplayValue | None:
    return known.done[REPLAY].value(ReplayValue) if REPLAY in known.done else None
