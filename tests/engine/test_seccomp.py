"""The filter of system calls, as a program."""

import pytest

from workers.sandbox import seccomp


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_is_well_formed(machine: str) -> None:
    """Every jump lands inside, every path ends in a verdict; the numbers differ by machine."""
    code = seccomp.program(machine, 4242)
    returns = 0x06
    for place, step in enumerate(code):
        assert place + 1 + max(step.true, step.false) < len(code) or step.code == returns
    assert code[-1].code == returns
    assert b"".join(step.packed() for step in code) != b"".join(
        step.packed() for step in seccomp.program("x86_64" if machine == "aarch64" else "aarch64", 4242)
    )


def test_an_unknown_machine_has_no_filter() -> None:
    with pytest.raises(KeyError):
        seccomp.program("pdp11", 1)
