"""Requests as they are kept: with what they left open filled in."""

from collections.abc import Sequence

from openapi.attack_ids import attack_ids
from openapi.attacks import AttackSpec, Fgsm, Pgd
from openapi.audits import AuditRequest
from openapi.base import AS_WRITTEN, JsonObject
from openapi.hardenings import HardeningRequest
from openapi.presets import PRESETS


def with_attacks(request: AuditRequest) -> AuditRequest:
    """Fill in preset and attack list, and give every attack its id; `preset` is None when a list replaced it.

    Raises `InvalidField` when two ids are equal.
    """
    preset = None if request.attacks else request.preset or "standard"
    specs = request.attacks or PRESETS[preset or "standard"].attacks
    filled = request.model_copy(update={"preset": preset, "attacks": named(specs)})
    # What a preset says of neurons and samples goes with its attacks.
    return AuditRequest.model_validate(stored(filled)) if preset != request.preset else filled


def with_evaluation(request: HardeningRequest) -> HardeningRequest:
    """Fill in the attacks of a hardening's before/after comparison: FGSM and PGD-20 at the training eps."""
    specs: Sequence[AttackSpec] = request.attacks or (Fgsm(eps=request.eps), Pgd(eps=request.eps, steps=20))
    return request.model_copy(update={"attacks": named(specs)})


def named(specs: Sequence[AttackSpec]) -> tuple[AttackSpec, ...]:
    """The attacks, each with its id."""
    return tuple(spec.model_copy(update={"id": i}) for spec, i in zip(specs, attack_ids(specs), strict=True))


def stored(request: AuditRequest | HardeningRequest) -> JsonObject:
    """A request for the database: the fields that were set, so that `model_fields_set` is the same when read back,
    and fractions as they were written."""
    include = set(request.model_fields_set)
    return request.model_dump(mode="json", by_alias=True, include=include, context=AS_WRITTEN)
