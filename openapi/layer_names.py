"""The papers' names of layers (SNS, section IV-A): conv1 … conv13 and fc1, l1b1c1 of ResNets, l1b1 of Inception-V3."""

import re
from collections.abc import Sequence

from openapi.models import LayerInfo

_RESNET = re.compile(r"(?:^|\.)layer(\d+)\.(\d+)\.(conv(\d+)|downsample\.0|shortcut\.0)$")
_INCEPTION = re.compile(r"(?:^|\.)Mixed_(\d)([a-e])\.")
#: The five inception layers of torchvision's file are 3, 1, 4, 1 and 2 blocks.
_INCEPTION_BLOCKS = {
    "5b": (1, 1), "5c": (1, 2), "5d": (1, 3), "6a": (2, 1), "6b": (3, 1), "6c": (3, 2), "6d": (3, 3), "6e": (3, 4),
    "7a": (4, 1), "7b": (5, 1), "7c": (5, 2),
}  # fmt: skip


def paper_names(layers: Sequence[LayerInfo]) -> dict[str, str]:
    """The paper's name of each layer: {layer: alias}, one for every layer and none twice.

    `l2b1c2` for the second convolution of the first block of a ResNet's second layer, `l2b1s` for its shortcut (ours),
    `l1b1c3` for the third convolution in order of execution of Inception's block l1b1 (ours); all other convolutions
    are conv1, conv2, … and all linear layers fc1, fc2, … in order of execution.
    """
    names: dict[str, str] = {}
    counts: dict[str, int] = {}

    def numbered(stem: str) -> str:
        counts[stem] = counts.get(stem, 0) + 1
        return f"{stem}{counts[stem]}"

    for layer in layers:
        resnet, inception = _RESNET.search(layer.name), _INCEPTION.search(layer.name)
        if resnet and layer.kind == "conv":
            block = f"l{resnet[1]}b{int(resnet[2]) + 1}"
            names[layer.name] = f"{block}c{resnet[4]}" if resnet[4] else f"{block}s"
        elif inception and inception[1] + inception[2] in _INCEPTION_BLOCKS and layer.kind == "conv":
            stage, block_number = _INCEPTION_BLOCKS[inception[1] + inception[2]]
            names[layer.name] = numbered(f"l{stage}b{block_number}c")
        else:
            names[layer.name] = numbered("conv" if layer.kind == "conv" else "fc")
    # A network of several such parts repeats the names of one: nothing in it has a paper's name then, but its count.
    if len(set(names.values())) < len(names):
        counts.clear()
        return {layer.name: numbered("conv" if layer.kind == "conv" else "fc") for layer in layers}
    return names


def aliases(layers: Sequence[LayerInfo]) -> dict[str, tuple[str, ...]]:
    """What a request may call layers: {alias: layers}, the papers' names, and `l1b1` for all convolutions of a block.

    An alias that is the file's own name of another layer is left out: the file's names go first.
    """
    own = {layer.name for layer in layers}
    found: dict[str, tuple[str, ...]] = {}
    for name, alias in paper_names(layers).items():
        found[alias] = (name,)
        block = re.match(r"l\d+b\d+(?=c|s)", alias)
        if block:
            found[block[0]] = (*found.get(block[0], ()), name)
    return {alias: names for alias, names in found.items() if alias not in own or names == (alias,)}


def named_layers(layers: Sequence[LayerInfo], name: str) -> tuple[str, ...]:
    """The layers that a request means by one name, the file's or a paper's; empty when there are none."""
    if any(layer.name == name for layer in layers):
        return (name,)
    return aliases(layers).get(name, ())
