"""The class activation maps of a model as an inspection tells of them."""

from openapi.models import Maps
from openapi.problems import InvalidField, NotDifferentiable
from workers.explain.class_maps import ClassMaps
from workers.models.audited import AuditedModel

_NO_GRADIENT = "class activation maps need gradients here: those of this model tell nothing"


def maps_of(model: AuditedModel, differentiable: bool) -> Maps | None:
    """Which they are, or why there are none; None where it cannot be told, which costs a model nothing.

    differentiable: whether the model's gradients tell anything, which a model that has some need not mean.
    """
    try:
        found = ClassMaps(model)
    except (InvalidField, NotDifferentiable) as error:
        return Maps(missing=error.detail)
    except Exception:  # a graph that nobody has foreseen: analyses say what stands in their way
        return None
    if found.kind == "grad_cam" and not differentiable:
        return Maps(missing=_NO_GRADIENT)
    return Maps(kind=found.kind, size=found.feature_map.grid)
