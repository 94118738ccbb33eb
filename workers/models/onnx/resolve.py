"""What is known of the operators of a graph, and what to do about one that is unknown."""

import workers.models.onnx.ops
from openapi.problems import UnsupportedOperator
from workers.models.onnx.graph import Graph, Node
from workers.models.onnx.registry import OPERATORS, Operator, find

assert workers.models.onnx.ops  # importing it fills the registry


def key(node: Node) -> tuple[str, str, int]:
    """What decides a node's operator: domain, name, version."""
    return node.domain, node.op, node.version


def operator_of(node: Node) -> Operator:
    """What is known of a node's operator; nothing of one that is unknown."""
    return find(*key(node)) or Operator(node.op, node.domain, node.version)


def resolve(graph: Graph) -> dict[tuple[str, str, int], Operator]:
    """Find the operators of all nodes, branches included; refuse the graph when it runs one that is unknown.

    A branch may hold unknown ones, as exporters write what training alone takes: they are refused when it is taken.
    """
    found: dict[tuple[str, str, int], Operator] = {}
    stack = [graph]
    while stack:
        part = stack.pop()
        for node in part.nodes:
            name = key(node)
            operator = found.get(name) or find(*name)
            if operator is not None:
                found[name] = operator
            elif part is graph:
                raise unknown(node)
            stack.extend(v for v in node.attributes.values() if isinstance(v, Graph))
    return found


_LOOP = "Loops cannot be translated into a fixed graph; export the model with the loop unrolled (traced, not scripted)."
_RANDOM = "It draws random numbers, so that two runs differ; export the model in evaluation mode."
_TREES = "Of scikit-learn's models networks and linear ones can be audited; trees, kernels and neighbours are not read."
_REASONS = {
    "Loop": _LOOP,
    "Scan": _LOOP,
    "SequenceMap": _LOOP,
    **dict.fromkeys(("RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Bernoulli"), _RANDOM),
    "Multinomial": _RANDOM,
    **dict.fromkeys(("TreeEnsembleRegressor", "TreeEnsemble", "SVMClassifier", "SVMRegressor"), _TREES),
    **dict.fromkeys(("TreeEnsembleClassifier", "Imputer", "LabelEncoder"), _TREES),
}

#: What to write in place of an operator that is supported on constants alone.
INSTEAD = {
    "NonZero": (
        ": of a mask it lists as many places as the image decides. Write x = torch.where(mask, y, x) in place of "
        "x[mask] = y, and torch.where(mask, x, 0).sum() in place of x[mask].sum(), and export the model again"
    ),
}


def unknown(node: Node) -> UnsupportedOperator:
    """The refusal of a node whose operator is unknown, with advice."""
    known = {name for domain, name in OPERATORS if domain == node.domain}
    hint = _REASONS.get(node.op)
    if hint is None and not known:
        hint = (
            f"Operators of the domain {node.domain!r} belong to one runtime; export the model with standard operators "
            "only (for onnxruntime: save it before optimisation)."
        )
    elif hint is None:
        hint = (
            "Export with another opset_version, or replace the operator; workers/models/onnx/OPERATORS.md lists the "
            "supported ones."
        )
    return UnsupportedOperator(
        f"{node.where} is not supported. {hint}",
        operator=node.op,
        domain=node.domain or "ai.onnx",
        version=node.version,
        node=node.name,
    )
