"""Who goes before whom when an attack gets only what the cheaper ones of its threat model have left.

The worst case over a threat model is the same whether every attack meets every sample or only the survivors; the time
is not. Both the service (which plans) and the workers (which report) ask here.
"""

from collections.abc import Sequence

from openapi.attacks.base import Attack


def predecessors(attacks: Sequence[Attack]) -> tuple[tuple[int, ...], ...]:
    """Return for each attack the positions of those that go before it: the cheaper ones in the same ball, in order.

    Attacks without a ball (minimal-norm ones, corruptions) and those on a chosen class measure something else than a
    worst case: they meet every sample. Among equals, fewer steps or else the earlier place in the list goes first.
    """
    before: list[tuple[int, ...]] = []
    for i, spec in enumerate(attacks):
        if spec.facts.turn is None or getattr(spec, "chosen", None) is not None:
            before.append(())
            continue
        rivals = [k for k, other in enumerate(attacks) if other.threat_model == spec.threat_model]
        ranked = sorted((k for k in rivals if attacks[k].facts.turn is not None), key=lambda k: (*_cost(attacks[k]), k))
        before.append(tuple(ranked[: ranked.index(i)]))
    return tuple(before)


def _cost(spec: Attack) -> tuple[int, int]:
    return spec.facts.turn or 0, int(getattr(spec, "steps", 0)) * int(getattr(spec, "restarts", 1))
