"""A second graph over the same tensors: for a network that trains while its twin stays in eval mode, or is edited."""

import copy

from workers.models.audited import AuditedModel


def sharing(model: AuditedModel) -> AuditedModel:
    """Return a copy of the graph over the very same parameters and buffers; its edits and norm mode are its own."""
    shared = {id(tensor): tensor for tensor in [*model.parameters(), *model.buffers()]}
    return copy.deepcopy(model, shared)
