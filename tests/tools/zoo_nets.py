"""The nets of the zoo, with random weights: one small member of each family of timm and of transformers.

Runs in the zoo's environment; as a program it prints the list of families.
"""

import contextlib
import re
import sys
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

import workers.models.vision_ops  # noqa: F401  - timm imports torchvision, which a CPU build of torch refuses otherwise

CLASSES = 10
#: The sides that are tried, the first that a net takes; its own comes last.
SIDES = (64, 96, 128)
#: Above so many weights a net is asked for with two blocks alone.
LARGE = 60_000_000
#: So many equal blocks in a row are kept.
BLOCKS = 2
#: Classes of transformers that take no image, or hold another library's net.
NO_IMAGES = {"imagegpt", "timm_wrapper", "shieldgemma2"}


def build(library: str, name: str) -> tuple[nn.Module, Tensor]:
    """(the net in eval mode, two images of the smallest size that it takes)."""
    for blocks in (BLOCKS, None):
        torch.manual_seed(0)
        net, sides = _timm(name) if library == "timm" else _transformers(name)
        if blocks is not None:
            _shorten(net, blocks)
        _settle(net)
        for channels, side in [(c, s) for s in sides for c in (3, 1)]:
            x = torch.rand(2, channels, side, side, generator=torch.Generator().manual_seed(1))
            try:
                with torch.no_grad():
                    y = net(x)
            except Exception:
                continue
            if tuple(y.shape) == (2, CLASSES) and bool(torch.isfinite(y).all()):
                return net, x
    raise RuntimeError(f"{library} {name} takes none of the sizes {sides}")


def _shorten(net: nn.Module, blocks: int) -> None:
    """Keep the first so many of equal blocks that follow each other: more of the same asks nothing new."""
    for holder in list(net.modules()):
        if not isinstance(holder, (nn.Sequential, nn.ModuleList)):
            continue
        kept: list[nn.Module] = []
        looks: list[str] = []
        for part in holder:
            look = repr(part)
            if looks[-blocks:] != [look] * blocks:
                kept.append(part)
                looks.append(look)
        if len(kept) < len(holder):
            names = list(holder._modules)
            for name in names[len(kept) :]:
                del holder._modules[name]
            holder._modules.update(zip(names, kept, strict=False))


@torch.no_grad()
def _settle(net: nn.Module) -> None:
    """Eval mode; numbers where training would have left some: norms, scales and heads that start at zero or nearly."""
    net.eval()
    generator = torch.Generator().manual_seed(0)
    for _, tensor in [*net.named_parameters(), *net.named_buffers()]:
        if tensor.is_floating_point() and tensor.numel() > 1 and bool((tensor == tensor.flatten()[0]).all()):
            value = float(tensor.flatten()[0])
            spread = torch.randn(tensor.shape, generator=generator)
            if value == 1:
                tensor.mul_(1 + 0.2 * spread.tanh())
            elif abs(value) < 0.1:
                tensor.copy_(0.05 * spread)


def _timm(name: str) -> tuple[nn.Module, tuple[int, ...]]:
    import timm

    net = timm.create_model(name, num_classes=CLASSES)
    if sum(p.numel() for p in net.parameters()) > LARGE:
        with contextlib.suppress(TypeError):
            net = timm.create_model(name, num_classes=CLASSES, depth=2)
    side = net.default_cfg["input_size"][-1]
    return net, (side,) if net.default_cfg.get("fixed_input_size") else (*(s for s in SIDES if s < side), side)


class _Logits(nn.Module):
    """A net of transformers as a function from images to logits."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.net(x, return_dict=False)[0]
        return logits


def _transformers(name: str) -> tuple[nn.Module, tuple[int, ...]]:
    import transformers
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING
    from transformers.models.auto.modeling_auto import MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING_NAMES as NAMES

    kind = NAMES[name]
    config: Any = CONFIG_MAPPING[name](num_labels=CLASSES)
    parts: list[Any] = [config, getattr(config, "vision_config", None), getattr(config, "text_config", None)]
    for part in parts:
        if isinstance(getattr(part, "num_hidden_layers", None), int) and not hasattr(part, "depths"):
            part.num_hidden_layers = min(2, part.num_hidden_layers)
    net = getattr(transformers, kind[0] if isinstance(kind, tuple) else kind)(config)
    vision = getattr(config, "vision_config", config)
    side = getattr(vision, "image_size", None)
    side = side[0] if isinstance(side, (list, tuple)) else side
    return _Logits(net), (side or 64, 224)


def _families() -> Iterator[tuple[str, str, str]]:
    """(library, family, its smallest member): a family of timm is a module and the word before the numbers."""
    import timm
    from timm.models._registry import _model_to_module
    from transformers.models.auto.modeling_auto import MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING_NAMES as NAMES

    members: dict[str, list[str]] = {}
    for name in timm.list_models():
        word = re.sub(r"(?<!v)\d+[a-z]*$", "", name.split("_")[0])
        members.setdefault(f"{_model_to_module[name]}/{word}", []).append(name)
    for family, names in members.items():
        yield "timm", family, min(names, key=_weights)
    for name in NAMES:
        if name not in NO_IMAGES:
            yield "transformers", name, name


def _weights(name: str) -> int:
    import timm

    with torch.device("meta"):
        try:
            return sum(p.numel() for p in timm.create_model(name, num_classes=CLASSES).parameters())
        except Exception:  # some of them compute with what they make: they cannot be made without numbers
            return 10**12


if __name__ == "__main__":
    for row in _families():
        sys.stdout.write(" ".join(row) + "\n")
        sys.stdout.flush()
