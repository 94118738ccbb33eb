"""A twin of a network whose gradients pass where its own are zero: BPDA (Athalye et al., ICML 2018, section 4.1)."""

from torch import fx

from workers.models.audited import AuditedModel
from workers.models.graphs import aten, depends_on_input, op_name
from workers.models.sharing import sharing
from workers.models.straight_through import straight_through

#: Operators of one tensor that are constant in pieces.
_STEPS = {"round", "floor", "ceil", "trunc", "fix", "sign", "sgn", "heaviside"}


def straight_through_twin(model: AuditedModel) -> tuple[AuditedModel, dict[str, int]]:
    """The same function on shared weights, with the gradient of the identity for every operator that has none.

    Such operators are those that are constant in pieces, and a choice (``where``) between what depends on the image and
    what does not: a value that is snapped to a constant within some range has no gradient there. Returns the twin, and
    how often each operator was treated; none where nothing had to be.
    """
    twin = sharing(model)
    graph, treated = twin.graph.graph, dict[str, int]()
    live = depends_on_input(graph)
    for node in list(graph.nodes):
        soft = _soft(node, live)
        if soft is not None and node in live:
            with graph.inserting_after(node):
                through = graph.call_function(straight_through, (node, soft))
            through.meta["val"] = node.meta.get("val")
            node.replace_all_uses_with(through, delete_user_cb=lambda user, through=through: user is not through)
            treated[op_name(node)] = treated.get(op_name(node), 0) + 1
    twin._recompile()
    return twin, treated


def _soft(node: fx.Node, live: set[fx.Node]) -> fx.Node | None:
    """What the gradient of an operator passes on to instead; None where its own will do."""
    name = op_name(node).removesuffix("_")
    if name in _STEPS:
        return node.args[0] if isinstance(node.args[0], fx.Node) else None
    if node.target is aten.where.self and isinstance(node.args[0], fx.Node) and node.args[0] in live:
        branches = [arg for arg in node.args[1:] if isinstance(arg, fx.Node) and arg in live]
        return branches[0] if len(branches) == 1 else None
    return None
