from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define

from ..models.pgd_output_loss import PgdOutputLoss
from ..models.pgd_output_norm import PgdOutputNorm
from ..models.pgd_output_target_type_0 import PgdOutputTargetType0
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.mask import Mask


T = TypeVar("T", bound="PgdOutput")


@_attrs_define
class PgdOutput:
    """
    Attributes:
        name (Literal['pgd'] | Unset):  Default: 'pgd'.
        id (None | str | Unset): Its name in the report; made from the options when null
        mask (Mask | None | Unset): The only pixels that may change: of masks that come with the images, by name; null
            is all
        norm (PgdOutputNorm | Unset): Of the ball: L-infinity or L2 Default: PgdOutputNorm.LINF.
        eps (float | Unset): At most 1 for linf. Fractions such as "8/255" are understood Default: 0.03137254901960784.
        steps (int | Unset): Gradient steps a restart Default: 10.
        step_size (float | None | Unset): null is eps / sqrt(steps), as in SNS
        targeted (bool | Unset): Towards `target`; any wrong class still counts as a success Default: False.
        target (int | PgdOutputTargetType0 | str | Unset): Class a targeted attack aims at: second-highest clean logit,
            y + 1, random per sample, or one class for all by its number or name; its samples are not attacked Default:
            PgdOutputTargetType0.RUNNER_UP.
        restarts (int | Unset): Runs from new random points on what is still robust Default: 1.
        random_start (bool | Unset): Begin at a random point of the ball, else at the image itself Default: True.
        loss (PgdOutputLoss | Unset): Cross-entropy, or the lead of the best wrong logit Default: PgdOutputLoss.CE.
    """

    name: Literal["pgd"] | Unset = "pgd"
    id: None | str | Unset = UNSET
    mask: Mask | None | Unset = UNSET
    norm: PgdOutputNorm | Unset = PgdOutputNorm.LINF
    eps: float | Unset = 0.03137254901960784
    steps: int | Unset = 10
    step_size: float | None | Unset = UNSET
    targeted: bool | Unset = False
    target: int | PgdOutputTargetType0 | str | Unset = PgdOutputTargetType0.RUNNER_UP
    restarts: int | Unset = 1
    random_start: bool | Unset = True
    loss: PgdOutputLoss | Unset = PgdOutputLoss.CE

    def to_dict(self) -> dict[str, Any]:
        from ..models.mask import Mask  # noqa: PLC0415

        name = self.name

        id: None | str | Unset
        if isinstance(self.id, Unset):
            id = UNSET
        else:
            id = self.id

        mask: dict[str, Any] | None | Unset
        if isinstance(self.mask, Unset):
            mask = UNSET
        elif isinstance(self.mask, Mask):
            mask = self.mask.to_dict()
        else:
            mask = self.mask

        norm: str | Unset = UNSET
        if not isinstance(self.norm, Unset):
            norm = self.norm.value

        eps = self.eps

        steps = self.steps

        step_size: float | None | Unset
        if isinstance(self.step_size, Unset):
            step_size = UNSET
        else:
            step_size = self.step_size

        targeted = self.targeted

        target: int | str | Unset
        if isinstance(self.target, Unset):
            target = UNSET
        elif isinstance(self.target, PgdOutputTargetType0):
            target = self.target.value
        else:
            target = self.target

        restarts = self.restarts

        random_start = self.random_start

        loss: str | Unset = UNSET
        if not isinstance(self.loss, Unset):
            loss = self.loss.value

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if name is not UNSET:
            field_dict["name"] = name
        if id is not UNSET:
            field_dict["id"] = id
        if mask is not UNSET:
            field_dict["mask"] = mask
        if norm is not UNSET:
            field_dict["norm"] = norm
        if eps is not UNSET:
            field_dict["eps"] = eps
        if steps is not UNSET:
            field_dict["steps"] = steps
        if step_size is not UNSET:
            field_dict["step_size"] = step_size
        if targeted is not UNSET:
            field_dict["targeted"] = targeted
        if target is not UNSET:
            field_dict["target"] = target
        if restarts is not UNSET:
            field_dict["restarts"] = restarts
        if random_start is not UNSET:
            field_dict["random_start"] = random_start
        if loss is not UNSET:
            field_dict["loss"] = loss

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.mask import Mask  # noqa: PLC0415

        d = dict(src_dict)
        name = cast(Literal["pgd"] | Unset, d.pop("name", UNSET))
        if name != "pgd":
            raise ValueError("of another name")

        def _parse_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        id = _parse_id(d.pop("id", UNSET))

        def _parse_mask(data: object) -> Mask | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                mask_type_0 = Mask.from_dict(data)

                return mask_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Mask | None | Unset, data)

        mask = _parse_mask(d.pop("mask", UNSET))

        _norm = d.pop("norm", UNSET)
        norm: PgdOutputNorm | Unset
        if isinstance(_norm, Unset):
            norm = UNSET
        else:
            norm = PgdOutputNorm(_norm)

        eps = d.pop("eps", UNSET)

        steps = d.pop("steps", UNSET)

        def _parse_step_size(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        step_size = _parse_step_size(d.pop("step_size", UNSET))

        targeted = d.pop("targeted", UNSET)

        def _parse_target(data: object) -> int | PgdOutputTargetType0 | str | Unset:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                target_type_0 = PgdOutputTargetType0(data)

                return target_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(int | PgdOutputTargetType0 | str | Unset, data)

        target = _parse_target(d.pop("target", UNSET))

        restarts = d.pop("restarts", UNSET)

        random_start = d.pop("random_start", UNSET)

        _loss = d.pop("loss", UNSET)
        loss: PgdOutputLoss | Unset
        if isinstance(_loss, Unset):
            loss = UNSET
        else:
            loss = PgdOutputLoss(_loss)

        pgd_output = cls(
            name=name,
            id=id,
            mask=mask,
            norm=norm,
            eps=eps,
            steps=steps,
            step_size=step_size,
            targeted=targeted,
            target=target,
            restarts=restarts,
            random_start=random_start,
            loss=loss,
        )

        return pgd_output
