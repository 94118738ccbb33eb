"""The last layer as an inspection tells of it."""

from openapi.models import Head
from workers.models.audited import AuditedModel
from workers.neurons.heads.last_layer import find_last_layer
from workers.neurons.heads.walk import NoLastLayer


def head_of(model: AuditedModel) -> Head | None:
    """Which it is, or why there is none; None where it cannot be told, which costs a model nothing."""
    try:
        last = find_last_layer(model)
    except NoLastLayer as error:
        return Head(missing=error.reason)
    except Exception:  # a graph that nobody has foreseen: analyses say what stands in their way
        return None
    return Head(layer=last.name, penultimate=last.penultimate, neurons=last.neurons)
