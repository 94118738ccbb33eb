"""What a request asks of a model's layers: their names, the papers' names, and a last layer."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from openapi.audits import AuditRequest
from openapi.models import Head, InputSpec, LayerInfo
from openapi.problems import InvalidField
from service.orchestrator.analyses import check_neurons, left_out
from service.orchestrator.analyses.layers import has_map, layer_of, layers_of
from service.orchestrator.requests import with_attacks
from service.orchestrator.subjects import ModelSubject
from tests.analyses.in_process import InProcess
from workers.models.from_module import audit_module
from workers.neurons.heads.told import head_of

BODY = {"model_id": "m", "dataset_id": "d"}
RESNET = ("conv1", "layer1.0.conv1", "layer1.0.conv2", "layer2.0.conv1", "layer2.0.downsample.0")


def with_inspection(small: InProcess, **more: Any) -> ModelSubject:
    inspection = small.model.inspection.model_copy(update=more)
    return ModelSubject(small.model.id, small.model.name, small.model.sha256, small.model.size, inspection)


@pytest.fixture(scope="module")
def resnet(small: InProcess) -> ModelSubject:
    convs = [LayerInfo(name=n, kind="conv", neurons=4, shape=(4, 8, 8), depth=i) for i, n in enumerate(RESNET)]
    head = LayerInfo(name="fc", kind="linear", neurons=3, shape=(3,), depth=5)
    return with_inspection(small, layers=(*convs, head))


def test_layers_have_the_papers_names_too(resnet: ModelSubject) -> None:
    assert layers_of(["l2b1", "l1b1c2"], resnet, "/layers") == RESNET[2:]
    assert layers_of(["layer1.0.conv2", "l1b1c2"], resnet, "/layers") == ("layer1.0.conv2",)
    assert layers_of(None, resnet, "/layers", has_map) == RESNET
    assert layer_of("l1b1c2", resnet, "/layer") == "layer1.0.conv2"
    assert layer_of("fc1", resnet, "/layer") == "fc"


def test_names_of_no_layer_are_refused_with_those_that_there_are(resnet: ModelSubject) -> None:
    with pytest.raises(InvalidField, match=r"no layer 'l9b9'; it has conv1, layer1.0.conv1 \(l1b1c1\)") as caught:
        layers_of(["conv1", "l9b9"], resnet, "/layers")
    assert (caught.value.errors or ())[0].pointer == "/layers/1"
    with pytest.raises(InvalidField, match="'l1b1' is several layers; name one of"):
        layer_of("l1b1", resnet, "/explain/layer")


def test_reports_tell_the_papers_names(small: InProcess) -> None:
    found = small.audit(attacks=[{"name": "fgsm", "eps": 0.1}], neurons={"steps": 3})
    assert [layer["paper_name"] for layer in found.report["neurons"]["layers"]] == ["conv1", "conv2", "conv3", "fc1"]
    assert '<code>head</code> <span class="soft">fc1</span>' in found.html


def test_an_inspection_tells_the_last_layer(small: InProcess) -> None:
    assert small.model.inspection.head == Head(layer="head", penultimate="conv3", neurons=16)


class Squared(nn.Module):
    """Logits that are no linear function of any layer's neurons."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.fc = nn.Linear(4 * 36, 3)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.fc(self.conv(x).relu().flatten(1)).square()
        return logits


def test_a_net_without_a_linear_head_is_told_so(small: InProcess) -> None:
    torch.manual_seed(0)
    head = head_of(audit_module(Squared().eval(), InputSpec(shape=(1, 8, 8))))
    assert head is not None
    assert head.layer is None
    assert "not linear" in (head.missing or "")


@pytest.mark.parametrize("part", ["importance", "vulnerability"])
def test_parts_that_need_a_last_layer_are_refused_where_they_stand(small: InProcess, part: str) -> None:
    model = with_inspection(small, head=Head(missing="what stands behind fc is not linear"))
    request = with_attacks(AuditRequest.model_validate({**BODY, "neurons": {part: {}, "sweep": {}}}))
    with pytest.raises(InvalidField, match="behind fc is not linear; set null") as caught:
        check_neurons(request, model, small.data)
    assert (caught.value.errors or ())[0].pointer == f"/neurons/{part}"
    # An inspection of before: nobody knows yet.
    check_neurons(request, with_inspection(small, head=None), small.data)


def test_a_preset_leaves_them_out_with_the_reason(small: InProcess) -> None:
    model = with_inspection(small, head=Head(missing="no layer"))
    asked = with_attacks(AuditRequest.model_validate({**BODY, "preset": "deep"}))
    kept = check_neurons(asked, model, small.data)
    reasons = left_out(asked, kept, model, small.data)
    assert set(reasons or ()) == {"importance", "vulnerability"}
