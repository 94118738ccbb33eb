"""The sweep over ε: exact merging, and the same numbers as σ at the same eps."""

from typing import Any

import pytest

from tests.analyses.in_process import InProcess

FGSM = [{"name": "fgsm", "eps": 0.1}]
SWEEP = {"eps": ["1/255", 0.02, 0.1], "max_samples": 15}


def section(small: InProcess, slice_size: int = 1000, batch_size: int | None = None, **neurons: Any) -> dict[str, Any]:
    asked = {"steps": 3, "sweep": SWEEP, **neurons}
    found = small.audit(slice_size=slice_size, batch_size=batch_size, attacks=FGSM, neurons=asked)
    sweep: dict[str, Any] = found.report["neurons"]["sweep"]
    return sweep


@pytest.mark.slow
def test_it_is_sigma_at_every_eps_and_tap(small: InProcess) -> None:
    sweep = section(small)
    assert (sweep["eps"], sweep["n"]) == ([1 / 255, 0.02, 0.1], 15)
    assert [(layer["name"], layer["tap"]) for layer in sweep["layers"]] == [
        *((name, "conv") for name in ("conv1", "conv2", "conv3", "head")),
        *((name, "act") for name in ("conv1", "conv2", "conv3")),
    ]
    for tap in ("conv", "act"):
        for i, eps in enumerate(sweep["eps"]):
            sigma = {"steps": 3, "eps": eps, "tap": tap, "max_samples": 15}
            report = small.audit(attacks=FGSM, neurons=sigma).report["neurons"]
            for layer in report["layers"]:
                mine = [x for x in sweep["layers"] if (x["name"], x["tap"]) == (layer["name"], tap)]
                for found in mine:
                    assert found["ratio"][i] == layer["ratio"]["mean"]
                    assert found["sensitivity"][i] == layer["sensitivity"]["mean"]


@pytest.mark.slow
@pytest.mark.parametrize("slice_size", [7, 3])
def test_slices_leave_no_trace(small: InProcess, slice_size: int) -> None:
    small.forget()
    assert section(small, slice_size=slice_size, batch_size=4) == section(small, batch_size=1)


@pytest.mark.slow
def test_pairs_of_larger_eps_move_neurons_further(small: InProcess) -> None:
    for layer in section(small)["layers"]:
        assert layer["sensitivity"] == sorted(layer["sensitivity"])
        assert layer["sensitivity"][0] > 0


def test_the_page_shows_charts_and_every_number(small: InProcess) -> None:
    found = small.audit(attacks=FGSM, neurons={"steps": 3, "sweep": SWEEP})
    part = found.html.partition('<section id="neurons-sweep">')[2].partition("</section>")[0]
    assert part.count('role="img"') == 2
    assert part.count("<tr>") == 1 + 7
    assert found.check("neurons.sweep")["numbers"] == {"pairs": 15, "layers": 7}
    assert {s.phase for s in found.steps if s.name.startswith("sweep.")} == {"neurons.sweep"}
