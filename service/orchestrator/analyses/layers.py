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
    """The layers that are meant, by the file's names, each once, in order of execution; None is every layer that fits.

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


def layer_of(name: str, model: ModelSubject, pointer: str) -> str:
    """The one layer that is meant, by the file's name. Raises `InvalidField` for none, and for a block of several."""
    layers = sorted(model.inspection.layers, key=lambda layer: layer.depth)
    found = named_layers(layers, name)
    if not found:
        raise InvalidField(pointer, f"the model {model.name!r} has no layer {name!r}; {_known(layers)}")
    if len(found) > 1:
        raise InvalidField(pointer, f"{name!r} is several layers; name one of {', '.join(found)}")
    return found[0]


def check_head(model: ModelSubject, pointer: str) -> None:
    """Raise `InvalidField` where inspection found no last linear layer that reads neurons.

    An older inspection did not look for it: such a part is planned, and its check says what is missing.
    """
    head = model.inspection.head
    if head is not None and head.missing is not None:
        raise InvalidField(
            pointer,
            f"it needs a last linear layer that reads neurons, and the model {model.name!r} has none: {head.missing}; "
            "set null",
        )


def check_maps(model: ModelSubject, pointer: str) -> None:
    """Raise `InvalidField` where inspection found no class activation maps, which a request asks for at `pointer`.

    An older inspection did not look for them: the work itself then says what is missing.
    """
    maps = model.inspection.maps
    if maps is not None and maps.missing is not None:
        raise InvalidField(pointer, f"the model {model.name!r} has no class activation maps: {maps.missing}")


def _known(layers: Sequence[LayerInfo], most: int = 12) -> str:
    """The first names that there are, each with the paper's."""
    names = paper_names(layers)
    told = [f"{name} ({names[name]})" if names[name] != name else name for name in (x.name for x in layers[:most])]
    return f"it has {', '.join(told)}" + (f" and {len(layers) - most} more" if len(layers) > most else "")
