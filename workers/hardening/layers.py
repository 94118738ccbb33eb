"""Which layers are stabilised (the set S of SNS), and what lies below the lowest of them and stays as it is."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from torch import fx

from openapi.layer_names import named_layers
from openapi.problems import InvalidField, NotTrainable
from workers.models.audited import AuditedModel
from workers.models.graphs import depends_on_input, op_name

#: Their third argument is a bias, one value for each channel (the second dimension of what comes out).
_CONVOLUTIONS = {
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "convolution",
}


def check_trainable(model: AuditedModel) -> None:
    """Raise `NotTrainable` for a model without parameters that a training could change."""
    if not model.trainable:
        raise NotTrainable(
            "The model holds no trainable parameters: weights are constants of a frozen file, or it gives no "
            "gradient. Upload the file before freezing (torch.jit.freeze) or quantisation."
        )


def stabilised_layers(
    model: AuditedModel, choice: Literal["all", "top_half", "auto"] | float | tuple[str, ...]
) -> tuple[str, ...]:
    """Return S, in order of execution.

    `all`: every convolution; `top_half`: the upper half of them (the paper: conv8–conv13 of VGG-16); a number: the
    upper share of them, rounded, at least one; or the names, the file's own or the papers' (`openapi.layer_names`).
    What `auto` means is found out before (`workers.hardening.deciding`).
    A model without convolutions offers its linear layers instead, the last (the logits) left out unless it is the only.
    Raises `InvalidField` for a name that the model does not have.
    """
    known = [layer.name for layer in model.layers]
    if isinstance(choice, tuple):
        meant = {name: named_layers(model.layers, name) for name in choice}
        unknown = [name for name, layers in meant.items() if not layers]
        if unknown or not choice:
            what = f"the model has no layer {unknown[0]!r}" if unknown else "no layer is named"
            raise InvalidField("/layers", f"{what}; it has {', '.join(known)}")
        chosen = {name for layers in meant.values() for name in layers}
        return tuple(name for name in known if name in chosen)
    pool = [layer.name for layer in model.layers if layer.kind == "conv"] or known[:-1] or known
    if not pool:
        raise InvalidField("/layers", "the model has neither a convolution nor a linear layer to stabilise")
    if choice == "auto":
        raise ValueError("which layers `auto` means is found out before")
    if isinstance(choice, float):
        return tuple(pool[-max(1, round(choice * len(pool))) :])
    return tuple(pool if choice == "all" else pool[len(pool) // 2 :])


def frozen_parameters(model: AuditedModel, lowest: str) -> tuple[str, ...]:
    """Return the parameters that act before layer `lowest` does, in order of execution ("locked" in SNS, Fig. 16)."""
    first_use = _first_uses(model)
    start = _start(model, lowest, first_use)
    names = [name for name in model.trainable_parameters() if first_use.get(name, -1) < start]
    return tuple(sorted(names, key=lambda name: first_use.get(name, -1)))


def others(model: AuditedModel, layers: Sequence[str]) -> tuple[str, ...]:
    """Return the parameters that are no layer's of these, in order of execution."""
    own = {name for layer in layers for name in model.layer_parameters(layer)}
    first_use = _first_uses(model)
    names = [name for name in model.trainable_parameters() if name not in own]
    return tuple(sorted(names, key=lambda name: first_use.get(name, -1)))


def subtracted_biases(model: AuditedModel, lowest: str) -> tuple[str, ...]:
    """Return the biases of layers whose output only batch norms that train read, in order of execution.

    Such a norm subtracts what its input has in common (Ioffe and Szegedy 2015, section 3.2), so that the gradient of
    the bias is rounding alone, of which Adam's move (Kingma and Ba 2015, Algorithm 1) is as long as of any other: two
    machines, or two processes that share a batch, would drift apart by it. They stay as they are.
    """
    graph = model.graph.graph
    position = {node: i for i, node in enumerate(graph.nodes)}
    start = _start(model, lowest, _first_uses(model))
    readers = Counter(str(node.target) for node in graph.nodes if node.op == "get_attr" for _ in node.users)
    # A linear layer adds its bias to the last dimension, and norms go by the second.
    wide = [layer.name for layer in model.layers if layer.kind == "linear" and len(layer.shape) > 1]
    trained = set(model.trainable_parameters()).difference(*(model.layer_parameters(layer) for layer in wide))

    def trains(node: fx.Node) -> bool:
        return op_name(node) == "batch_norm" and node.args[3] is not None and position[node] > start

    found = []
    for node in graph.nodes:
        bias = _bias(node)
        if not isinstance(bias, fx.Node) or not all(trains(user) and user.args[0] is node for user in node.users):
            continue
        if bias.op == "get_attr" and readers[str(bias.target)] == 1 and str(bias.target) in trained:
            found.append(str(bias.target))
    return tuple(found)


def _bias(node: fx.Node) -> object:
    """What a convolution or linear layer adds to the second or last dimension of what comes out; None elsewhere."""
    name, args = op_name(node), node.args
    if name == "addmm":
        return args[0]
    return args[2] if name in (*_CONVOLUTIONS, "linear") and len(args) > 2 else None


def train_batch_norm(model: AuditedModel, lowest: str) -> None:
    """Let batch norms use and update batch statistics from layer `lowest` upwards; those below stay as they are."""
    position = {node.name: i for i, node in enumerate(model.graph.graph.nodes)}
    start = _start(model, lowest, _first_uses(model))
    model.set_batch_norm(True, lambda node: position[node.name] > start)


def _start(model: AuditedModel, lowest: str, first_use: dict[str, int]) -> int:
    return min(first_use[name] for name in model.layer_parameters(lowest))


def _first_uses(model: AuditedModel) -> dict[str, int]:
    """Parameter name → position of the first node that brings it together with the image."""
    graph = model.graph.graph
    varying = depends_on_input(graph)
    position = {node: i for i, node in enumerate(graph.nodes)}
    uses: dict[str, int] = {}
    for node in graph.nodes:
        if node.op != "get_attr":
            continue
        reached = [position[user] for user in _varying_users(node, varying)]
        if reached:
            name = str(node.target)
            uses[name] = min([*reached, uses.get(name, len(position))])
    return uses


def _varying_users(node: fx.Node, varying: set[fx.Node]) -> list[fx.Node]:
    """The first nodes downstream of a constant that depend on the image."""
    found, stack, seen = [], list(node.users), set()
    while stack:
        user = stack.pop()
        if user in seen:
            continue
        seen.add(user)
        if user in varying:
            found.append(user)
        else:
            stack.extend(user.users)
    return found
