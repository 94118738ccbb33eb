"""Layers that a request names, by the file's names or the papers'."""

from collections.abc import Callable, Sequence

from openapi.layer_names import named_layers, paper_names
from openapi.models import LayerInfo
from openapi.problems import InvalidField
from service.orchestrator.subjects import ModelSubject


def has_map(layer: LayerInfo) -> bool:
    """Whether its neurons are maps of more than one position."""
    return len(layer.shape) == 3 and layer.shape[1] * layer.shape[2] > 1


def layers_of(
    names: Sequence[str] | None, model: ModelSubject, pointer: str, fits: Callable[[LayerInfo], bool] = lambda _: True
) -> tuple[str, ...]:
    """The layers that are meant, by the file's names, each once, in order of execution; null is every layer that fits.

    Raises `InvalidField` at a name that no layer has, or whose layers do not fit.
    """
    layers = sorted(model.inspection.layers, key=lambda layer: layer.depth)
    fitting = [layer.name for layer in layers if fits(layer)]
    if names is None:
        return tuple(fitting)
    meant: set[str] = set()
    for i, name in enumerate(names):
        found = named_layers(layers, name)
        if not found:
            raise InvalidField(f"{pointer}/{i}", f"the model {model.name!r} has no layer {name!r}; {_known(layers)}")
        if not set(found) & set(fitting):
            raise InvalidField(f"{pointer}/{i}", f"the neurons of {name!r} have no activation map, but one number each")
        meant.update(found)
    return tuple(name for name in fitting if name in meant)


def _known(layers: Sequence[LayerInfo], most: int = 12) -> str:
    """The first names that there are, each with the paper's."""
    names = paper_names(layers)
    told = [f"{name} ({names[name]})" if names[name] != name else name for name in (x.name for x in layers[:most])]
    return f"it has {', '.join(told)}" + (f" and {len(layers) - most} more" if len(layers) > most else "")
