"""Parts of an exported program that run under another setting (autocast, no_grad), written into the program itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from openapi.problems import ModelMalformed

Json = dict[str, Any]
#: Operator → how many settings stand before the graph. Gradients flow through what was traced without them, as they do
#: through any file that was exported under `no_grad`.
_SETTINGS = {
    "torch.ops.higher_order.wrap_with_autocast": 4,
    "torch.ops.higher_order.wrap_with_set_grad_enabled": 1,
}


def inlined(nodes: list[Json], notes: list[str]) -> Iterator[Json]:
    """Yield the nodes of a graph with those of such parts in their places.

    What a part gives has its name outside; other names inside have that of its first result before them. Where a part
    asks for less precision than float32, `notes` says that it is not followed. Raises `ModelMalformed` where a part
    takes or gives other than is passed.
    """
    yield from _inlined(nodes, {}, "", notes)


def _inlined(nodes: list[Json], names: dict[str, str], prefix: str, notes: list[str]) -> Iterator[Json]:
    for node in nodes:
        inputs = [_renamed(item, names, prefix) for item in node["inputs"]]
        settings = _SETTINGS.get(str(node["target"]))
        if settings is None:
            yield {**node, "inputs": inputs, "outputs": _renamed(node["outputs"], names, prefix)}
            continue
        graph, given = node["inputs"][settings]["arg"]["as_graph"]["graph"], inputs[settings + 1 :]
        outputs = _renamed(node["outputs"], names, prefix)
        if len(given) != len(graph["inputs"]) or len(outputs) != len(graph["outputs"]):
            raise ModelMalformed(f"{node['target']} passes other values than its graph takes and gives")
        if settings > 1 and node["inputs"][2]["arg"].get("as_bool"):
            notes.append("a part of the program runs under autocast; it is computed in float32")
        passed = {_name(own): _name(item["arg"]) for own, item in zip(graph["inputs"], given, strict=True)}
        again = []  # what is given back as it came, or twice
        for own, outside in zip(graph["outputs"], outputs, strict=True):
            if _name(own) in passed:
                again.append(_alias(passed[_name(own)], outside))
            else:
                passed[_name(own)] = _name(outside)
        yield from _inlined(graph["nodes"], passed, f"{_name(outputs[0])}/" if outputs else "", notes)
        yield from again


def _alias(name: str, output: Json) -> Json:
    given = {"name": "self", "arg": {"as_tensor": {"name": name}}, "kind": 1}
    return {"target": "torch.ops.aten.alias.default", "inputs": [given], "outputs": [output]}


def _name(argument: Json) -> str:
    """The name of a value: a tensor, or a size."""
    (_, body), *_ = argument.items()
    return str(body["name"] if "name" in body else body["as_name"])


def _renamed(part: Any, names: Mapping[str, str], prefix: str) -> Any:
    """A piece of the description with every value's name replaced; names of arguments, beside ``arg``, stay."""
    if isinstance(part, list):
        return [_renamed(item, names, prefix) for item in part]
    if not isinstance(part, dict) or "as_graph" in part:
        return part
    if "arg" in part:
        return {**part, "arg": _renamed(part["arg"], names, prefix)}
    told = {}
    for key, value in part.items():
        named = key in ("name", "as_name") and isinstance(value, str)
        told[key] = names.get(value, prefix + value) if named else _renamed(value, names, prefix)
    return told
