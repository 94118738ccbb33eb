"""`AuditedModel`: the one thing that attacks, neuron analysis and hardening see of an uploaded file."""

import copy
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx, nn

from openapi.analyses.sensitivity import Tap
from openapi.models import InputSpec, LayerInfo
from openapi.problems import InvalidField
from workers.models.decision import FileDecision, decision
from workers.models.extra_outputs import WithNodes, with_nodes
from workers.models.graphs import op_name
from workers.models.inputs import FileInput, InputTransform
from workers.models.layers import Layer
from workers.models.outputs import FileOutput
from workers.models.quick.model import quicken
from workers.models.taps import TapPoint

_BATCH_NORM = {"batch_norm": 5, "_native_batch_norm_legit": 5, "native_batch_norm": 5}


@dataclass(frozen=True)
class Origin:
    """Where a model comes from: the file's format, the program that wrote it, and what to tell the user of reading.

    precision: in which the file keeps its weights.
    """

    format: str
    producer: str | None = None
    warnings: tuple[str, ...] = ()
    precision: torch.dtype = torch.float32


class AuditedModel(nn.Module):
    """An image classifier as a torch.fx graph of ATen operators, from pixels to logits.

    ``forward``: x (n, c, h, w) float32 in [0, 1] → logits (n, num_classes) float32, any n ≥ 1. The file's own input
    contract (range, mean, std, layout, channel order, rank, dtype) is applied inside by `transform`; `graph` is the
    file's own network and takes the file's own input. Its parameters keep the file's names. Deep-copyable; moves with
    ``.to(device)``. Built by `workers.models.from_module.assemble`.
    """

    graph: fx.GraphModule
    transform: InputTransform

    def __init__(
        self,
        graph: fx.GraphModule,
        layers: Sequence[Layer],
        spec: InputSpec,
        file_input: FileInput,
        output: FileOutput,
        origin: Origin,
        *,
        differentiable: bool = True,
        trainable: bool = True,
    ) -> None:
        super().__init__()
        self.graph = graph
        self.transform = InputTransform(spec, file_input)
        self.input = spec
        self.file_input = file_input
        self.output = output
        self.origin = origin
        self.differentiable = differentiable
        self._trainable = trainable
        self._layers = {layer.info.name: layer for layer in layers}
        self._revision = 0
        self._device: torch.device | None = None
        for module in self.modules():
            module.training = False

    @property
    def layers(self) -> tuple[LayerInfo, ...]:
        """The convolution and linear layers, in order of execution."""
        return tuple(layer.info for layer in self._layers.values())

    @property
    def format(self) -> str:
        """The file's format, or ``torch`` for a live module."""
        return self.origin.format

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to tell the user of how the file was read."""
        return self.origin.warnings

    @property
    def num_classes(self) -> int:
        """Logits of an image."""
        return self.output.num_classes

    @property
    def before_softmax(self) -> bool:
        """Whether the file's own output is the softmax of the logits, or its logarithm."""
        return self.output.head in ("softmax", "log_softmax")

    @property
    def mixes(self) -> bool:
        """Whether the file's own output mixes the probabilities of several networks or views, see `log_scores`."""
        return self.output.head == "mixture"

    def file_output(self, logits: Tensor) -> Tensor | None:
        """Logits (n, num_classes) → what the file itself returns of them: (n, num_classes), or (n, 1).

        None where the file's last operators read more than the logits (`tail.tail_of`).
        """
        scores, file = logits[:, 1:] if self.output.single else logits, self.output
        return scores if file.head == "" else None if file.tail is None else file.tail(scores)

    def file_decision(self, logits: Tensor) -> FileDecision | None:
        """Logits (n, num_classes) → the classes that the file itself names.

        None where it returns the logits themselves, one number that is compared with a threshold, its best classes
        alone, or what cannot be computed from the logits.
        """
        file = self.output
        if file.head in ("", "top") or file.single:
            return None
        scores = self.file_output(logits)
        return None if scores is None else decision(scores, labels=file.head == "label")

    @property
    def trainable(self) -> bool:
        """Whether the file holds floating parameters that training could change."""
        return self._trainable and self.differentiable and bool(self.trainable_parameters())

    @property
    def num_parameters(self) -> int:
        """How many numbers the parameters hold."""
        return sum(p.numel() for p in self.graph.parameters())

    def forward(self, x: Tensor) -> Tensor:
        """x (n, c, h, w) in [0, 1] → logits (n, num_classes) float32."""
        logits: Tensor = self.graph(self.transform(x))
        return logits.float()

    def quickened(self, example: Tensor, *, tempered: bool = False) -> nn.Module:
        """Return this function of pixels in a form that attacks pass through faster, see `workers.models.quick`.

        To be used while no weight changes. example: (m, c, h, w) images on which the two are compared.
        tempered: gradients of mixed probabilities that climb better, and are not the function's own
        (`workers.models.quick.tempered`).
        """
        return quicken(self, example, tempered=tempered)

    def tapped(self, tap: Tap = "conv", layers: Sequence[str] | None = None) -> "Tapped":
        """Return the model that also gives the activations of `layers` (default: all) at `tap`; all is shared."""
        return Tapped(self, tap, layers)

    def set_batch_norm(self, training: bool, where: Callable[[fx.Node], bool] | None = None) -> None:
        """Let batch-norm nodes use the batch's statistics and update the running ones (True), or use the running ones.

        `where` chooses the nodes that train; the others use the running statistics.
        """
        for node in self.graph.graph.nodes:
            position = _BATCH_NORM.get(op_name(node))
            if position is not None and node.args[3] is not None:
                args = list(node.args)
                args[position] = training and (where is None or where(node))
                node.args = tuple(args)
        self._recompile()

    def layer(self, name: str) -> Layer:
        """Return a layer by name; `InvalidField` when there is none."""
        if name not in self._layers:
            raise InvalidField("/layers", f"the model has no layer {name!r}; it has {', '.join(self._layers)}")
        return self._layers[name]

    def layer_parameters(self, name: str) -> list[str]:
        """Return the names of a layer's parameters (weight, bias), as `trainable_parameters` has them."""
        return list(self.layer(name).parameters)

    def trainable_parameters(self) -> dict[str, nn.Parameter]:
        """Return every floating parameter by its name in the file."""
        return {name: p for name, p in self.graph.named_parameters() if p.is_floating_point()}

    def freeze(self) -> "AuditedModel":
        """Stop computing gradients of parameters (attacks need the input's alone); returns self."""
        self.graph.requires_grad_(False)
        return self

    def unfreeze(self, names: Iterable[str] | None = None) -> "AuditedModel":
        """Let gradients of the named parameters (default: all) be computed again; returns self."""
        parameters = self.trainable_parameters()
        for name in parameters if names is None else names:
            parameters[name].requires_grad_(True)
        return self

    def train(self, mode: bool = True) -> "AuditedModel":
        """Do nothing: the graph's batch-norm mode is `set_batch_norm`'s alone."""
        del mode
        return self

    def edited(self) -> None:
        """Take up what was changed in the nodes of `graph`."""
        self._recompile()

    def _recompile(self) -> None:
        self.graph.recompile()
        self._revision += 1

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> "AuditedModel":
        super()._apply(fn, recurse)  # type: ignore[no-untyped-call]
        device = self.transform.scale.device
        if device != self._device:
            self._device = device
            if _place(self.graph.graph, device):
                self._recompile()
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "AuditedModel":
        clone = type(self).__new__(type(self))
        nn.Module.__init__(clone)
        memo[id(self)] = clone
        for key, value in self.__dict__.items():
            if key not in {"_modules", "_layers", "input", "file_input"}:
                clone.__dict__[key] = copy.deepcopy(value, memo)
        for key in ("_layers", "input", "file_input"):
            clone.__dict__[key] = self.__dict__[key]
        clone._modules = {key: copy.deepcopy(module, memo) for key, module in self._modules.items()}
        return clone


def _place(graph: fx.Graph, device: torch.device) -> bool:
    """Rewrite devices that operators such as `arange` name; True when there were any."""
    changed = False
    for node in graph.nodes:
        if node.op == "call_function" and node.kwargs.get("device") not in (None, device):
            node.kwargs = {**node.kwargs, "device": device}
            changed = True
        if any(isinstance(arg, torch.device) and arg != device for arg in node.args):
            node.args = tuple(device if isinstance(arg, torch.device) else arg for arg in node.args)
            changed = True
    return changed


class Tapped(nn.Module):
    """An `AuditedModel` with activations as further outputs.

    ``forward``: x → (logits, {layer: activation}), an activation (n, neurons) or (n, neurons, …) with the images first;
    differentiable. Parameters, buffers and batch-norm mode are the model's own at each call. `points` says for each
    layer what was tapped: ``points[name].tap`` differs from the tap asked for where the layer has no such stage.
    """

    def __init__(self, model: AuditedModel, tap: Tap = "conv", layers: Sequence[str] | None = None) -> None:
        super().__init__()
        names = [layer.name for layer in model.layers] if layers is None else list(layers)
        self.model = model
        self.tap = tap
        self.points: dict[str, TapPoint] = {name: model.layer(name).taps[tap] for name in names}
        self._revision = -1
        self._function: WithNodes | None = None
        self.training = False

    def _run(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        if self._function is None or self._revision != self.model._revision:
            self._function = with_nodes(self.model.graph.graph, [point.node for point in self.points.values()])
            self._revision = self.model._revision
        return self._function(self.model.graph, self.model.transform(x))

    def raw(self, x: Tensor) -> dict[str, Tensor]:
        """x (n, c, h, w) in [0, 1] → activations as the graph has them, whatever their order of dimensions."""
        return dict(zip(self.points, self._run(x)[1], strict=True))

    def forward(self, x: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """x (n, c, h, w) in [0, 1] → (logits, {layer name: activation})."""
        logits, values = self._run(x)
        taps = {name: point.canonical(value) for (name, point), value in zip(self.points.items(), values, strict=True)}
        return logits.float(), taps

    def train(self, mode: bool = True) -> "Tapped":
        """Do nothing: see `AuditedModel.train`."""
        del mode
        return self
