"""Tables of an audit in which each attack met only the survivors: what those before it fooled counts as fooled."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from openapi.survivors import predecessors
from workers.reports.merge import AttackTable


def passed_on(tables: Sequence[AttackTable]) -> list[AttackTable]:
    """Return the tables with every sample that an attack before has fooled taken over from it.

    An attack's robust accuracy is then that of all up to it, which is how AutoAttack's stages are reported. `figures`
    keeps how many samples it met itself (``met``).
    """
    before = predecessors([table.spec for table in tables])
    joined: dict[int, AttackTable] = {}
    for i in sorted(range(len(tables)), key=lambda i: len(before[i])):
        table = tables[i]
        if before[i]:
            last = joined[before[i][-1]]
            table = _take_over(table, last)
        joined[i] = replace(table, extras={**table.extras, "met": int(tables[i].attacked.sum())})
    return [joined[i] for i in range(len(tables))]


def _take_over(table: AttackTable, last: AttackTable) -> AttackTable:
    taken = last.success
    return replace(
        table,
        attacked=table.attacked | taken,
        success=table.success | taken,
        adv_predicted=np.where(taken, last.adv_predicted, table.adv_predicted),
        distance=np.where(taken, last.distance, table.distance),
        confidence=np.where(taken, last.confidence, table.confidence),
    )
