"""The papers' layer names, on the layers that torchvision's networks have."""

from collections.abc import Sequence

import pytest

from openapi.layer_names import aliases, named_layers, paper_names
from openapi.models import LayerInfo, LayerKind


def layers(*names: str) -> tuple[LayerInfo, ...]:
    def kind(name: str) -> LayerKind:
        return "linear" if name.startswith(("fc", "classifier", "head")) else "conv"

    return tuple(LayerInfo(name=n, kind=kind(n), neurons=4, shape=(4,), depth=i) for i, n in enumerate(names))


def test_vgg_counts_convolutions_and_linear_layers() -> None:
    found = paper_names(layers("features.0", "features.3", "features.7", "classifier.0", "classifier.3"))
    assert list(found.values()) == ["conv1", "conv2", "conv3", "fc1", "fc2"]


def test_resnet_names_layer_block_and_convolution() -> None:
    names = {
        "conv1": "conv1",
        "layer1.0.conv1": "l1b1c1",
        "layer1.0.conv2": "l1b1c2",
        "layer2.0.conv1": "l2b1c1",
        "layer2.0.downsample.0": "l2b1s",
        "layer4.1.conv2": "l4b2c2",
        "fc": "fc1",
    }
    assert paper_names(layers(*names)) == names
    assert named_layers(layers(*names), "l2b1") == ("layer2.0.conv1", "layer2.0.downsample.0")
    for name in ("layer4.1.conv2", "l4b2c2"):
        assert named_layers(layers(*names), name) == ("layer4.1.conv2",)


def test_inception_has_3_1_4_1_2_blocks_after_five_convolutions() -> None:
    stem = ["Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3", "Conv2d_3b_1x1", "Conv2d_4a_3x3"]
    blocks = ["5b", "5c", "5d", "6a", "6b", "6c", "6d", "6e", "7a", "7b", "7c"]
    convs = [f"Mixed_{block}.branch{i}.conv" for block in blocks for i in (1, 2)]
    found = aliases(layers(*[f"{name}.conv" for name in stem], *convs, "fc"))
    assert found["conv5"] == ("Conv2d_4a_3x3.conv",)
    assert [alias for alias in found if len(found[alias]) == 2] == [
        "l1b1", "l1b2", "l1b3", "l2b1", "l3b1", "l3b2", "l3b3", "l3b4", "l4b1", "l5b1", "l5b2",
    ]  # fmt: skip
    assert found["l3b2"] == ("Mixed_6c.branch1.conv", "Mixed_6c.branch2.conv")
    assert found["l3b2c2"] == ("Mixed_6c.branch2.conv",)


def test_the_files_own_names_go_first() -> None:
    swapped = layers("conv2", "conv1")
    assert paper_names(swapped) == {"conv2": "conv1", "conv1": "conv2"}
    assert named_layers(swapped, "conv1") == ("conv1",)
    assert aliases(swapped) == {}


@pytest.mark.parametrize("names", [("a.layer1.0.conv1", "b.layer1.0.conv1", "fc")])
def test_two_resnets_in_one_file_are_counted(names: Sequence[str]) -> None:
    assert list(paper_names(layers(*names)).values()) == ["conv1", "conv2", "fc1"]


def test_an_unknown_name_is_nobody() -> None:
    assert named_layers(layers("features.0"), "conv9") == ()
