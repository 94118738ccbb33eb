"""torch module → `AuditedModel`: the tail that every front end shares."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import fx, nn
from torch.export import ExportedProgram

from openapi.models import InputSpec
from openapi.problems import ModelRejected
from workers.models.audited import AuditedModel, Origin
from workers.models.choice import Wanted
from workers.models.functional import clean_graph
from workers.models.graphs import depends_on_input, export_program, op_name
from workers.models.inputs import FileInput, complete_spec, guesses, wrong_input
from workers.models.layers import find_layers, promote
from workers.models.outputs import find_logits
from workers.models.row_order import settle_rows

_ESTIMATED = "gradients through {} are straight-through estimates, because these are step functions"


def assemble(
    source: nn.Module | ExportedProgram,
    file_input: FileInput,
    spec: InputSpec,
    *,
    format: str,
    output: Wanted = None,
    warnings: Sequence[str] = (),
    differentiable: bool = True,
    trainable: bool = True,
    producer: str | None = None,
    precision: torch.dtype | None = None,
) -> AuditedModel:
    """Export a module of the *file's own* input to a graph with a free batch size, and make an `AuditedModel` of it.

    `source`: a module whose forward takes one tensor (n, *file_input.shape) of `file_input.compute_dtype` and
    returns the logits (or a tuple, list or dict that holds them: `output` says which); its parameters and buffers carry
    the file's names. Or a program that is exported already. `warnings` go to the user first; `precision` is that of the
    file's weights, None is that of its input. Raises `ModelRejected` and its subclasses.
    """
    complete = complete_spec(spec, file_input)
    if isinstance(source, ExportedProgram):
        program = source
    else:
        example = torch.rand((2, *file_input.shape), generator=torch.Generator().manual_seed(0))
        program = export_program(source, example.to(file_input.compute_dtype))
    graph, returned, steps = clean_graph(program)
    if steps and not any("straight-through" in said for said in warnings):
        warnings = (*warnings, _ESTIMATED.format(", ".join(steps)))
    logits = find_logits(graph.graph, returned, output)
    said = (*warnings, *guesses(spec, file_input, complete), *logits.warnings)
    symbol = _batch_symbol(graph.graph)
    layers = find_layers(graph, symbol)
    _promote_norms(graph)
    model = AuditedModel(
        _bare(graph),
        layers,
        complete,
        file_input,
        logits.output,
        Origin(format, producer, said, precision or file_input.dtype),
        differentiable=differentiable,
        trainable=trainable,
    )
    for parameter in model.parameters():
        parameter.requires_grad_(parameter.is_floating_point())
    settle_rows(model)
    return model


def audit_module(module: nn.Module, input: InputSpec) -> AuditedModel:
    """Make an `AuditedModel` of a live torch module that takes NCHW (or, with ``layout: NHWC``, NHWC) images.

    `input.shape` is needed. The module is put into eval mode and is not copied: parameters are shared.
    """
    if input.shape is None:
        raise wrong_input("/input/shape", "a module does not say its input's shape: give [channels, height, width]")
    c, h, w = input.shape
    parameter = next(module.parameters(), torch.empty(()))
    dtype = parameter.dtype if parameter.is_floating_point() else torch.float32
    file_input = FileInput((h, w, c) if input.layout == "NHWC" else (c, h, w), dtype)
    return assemble(module.eval(), file_input, input, format="torch")


def _batch_symbol(graph: fx.Graph) -> Any:
    placeholder = next(node for node in graph.nodes if node.op == "placeholder")
    size = placeholder.meta["val"].shape[0]
    if not isinstance(size, torch.SymInt):
        raise ModelRejected("the model only works for one batch size and cannot be freed of it")
    return size.node.expr


def _promote_norms(graph: fx.GraphModule) -> None:
    """Make the scale and shift of normalisations parameters where the file has them as constants."""
    varying = depends_on_input(graph.graph)
    for node in graph.graph.nodes:
        name = op_name(node)
        positions = (2, 3) if name in {"layer_norm", "group_norm"} else (1, 2) if "batch_norm" in name else ()
        for position in positions:
            value = node.args[position] if len(node.args) > position else None
            if isinstance(value, fx.Node) and value.op == "get_attr" and value not in varying:
                promote(graph, [str(value.target)])


def _bare(graph: fx.GraphModule) -> fx.GraphModule:
    """Rebuild the module with the tensors that its nodes read and nothing that tracing left (fake tensors, traces)."""
    for node in graph.graph.nodes:
        node.meta = {}
    return fx.GraphModule(graph, graph.graph, class_name="Network")
