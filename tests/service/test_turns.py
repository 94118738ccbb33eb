"""Which tenant's step goes next, computed alone; `test_quotas` has it through a service."""

import random
from collections import Counter

from service.orchestrator.turns import choose


def steps(tenant: str, count: int) -> list[str]:
    return [f"{i}{tenant}" for i in range(count)]


def test_tenants_take_turns_however_much_one_has() -> None:
    waiting = {"a": steps("a", 50), "b": steps("b", 2), "c": steps("c", 3)}
    order = [step[-1] for step in choose(waiting, {}, {}, 10)]
    assert order[:6] == ["a", "b", "c", "a", "b", "c"]
    assert Counter(order) == {"a": 5, "b": 2, "c": 3}


def test_who_has_much_in_hand_waits_for_the_others() -> None:
    waiting = {"a": steps("a", 9), "b": steps("b", 9)}
    assert [step[-1] for step in choose(waiting, {"a": 3}, {}, 5)] == ["b", "b", "b", "a", "b"]


def test_nobody_has_more_at_a_time_than_it_may() -> None:
    waiting = {"a": steps("a", 9), "b": steps("b", 1)}
    assert [step[-1] for step in choose(waiting, {"a": 1}, {"a": 2, "b": None}, 9)] == ["b", "a"]
    assert choose(waiting, {"a": 2, "b": 1}, {"a": 2, "b": 1}, 9) == []


def test_no_tenant_starves_and_all_have_equal_shares() -> None:
    """Six workers that end in any order, four tenants: each has them for a quarter of the time."""
    generator = random.Random(1)
    waiting = {tenant: steps(tenant, 1000) for tenant in "abcd"}
    running: list[str] = []
    had: Counter[str] = Counter()
    for _ in range(400):
        for step in choose(waiting, Counter(running), {}, 6 - len(running)):
            tenant = step[-1]
            waiting[tenant] = [other for other in waiting.pop(tenant) if other != step]  # and behind all others
            running.append(tenant)
        had.update(running)
        running.pop(generator.randrange(len(running)))
    assert sum(had.values()) == 6 * 400
    assert all(0.9 * 600 <= count <= 1.1 * 600 for count in had.values()), had
