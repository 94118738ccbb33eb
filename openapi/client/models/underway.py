from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.best_so_far import BestSoFar


T = TypeVar("T", bound="Underway")


@_attrs_define
class Underway:
    """A training by a `method` as it runs, in its `epoch` of so many `epochs`; where two are compared, the one that runs.

    loss = l_adv + λ l_sns, means over the batches of this epoch so far; the accuracies are of the last epoch that was
    judged (see `Epoch`).

        Attributes:
            epoch (int):
            epochs (int):
            loss (float | None | Unset):
            l_adv (float | None | Unset):
            l_sns (float | None | Unset):
            clean_accuracy (float | None | Unset):
            robust_accuracy (float | None | Unset):
            validation_clean (float | None | Unset):
            validation_robust (float | None | Unset):
            best (BestSoFar | None | Unset):
            method (None | str | Unset):
    """

    epoch: int
    epochs: int
    loss: float | None | Unset = UNSET
    l_adv: float | None | Unset = UNSET
    l_sns: float | None | Unset = UNSET
    clean_accuracy: float | None | Unset = UNSET
    robust_accuracy: float | None | Unset = UNSET
    validation_clean: float | None | Unset = UNSET
    validation_robust: float | None | Unset = UNSET
    best: BestSoFar | None | Unset = UNSET
    method: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.best_so_far import BestSoFar  # noqa: PLC0415

        epoch = self.epoch

        epochs = self.epochs

        loss: float | None | Unset
        if isinstance(self.loss, Unset):
            loss = UNSET
        else:
            loss = self.loss

        l_adv: float | None | Unset
        if isinstance(self.l_adv, Unset):
            l_adv = UNSET
        else:
            l_adv = self.l_adv

        l_sns: float | None | Unset
        if isinstance(self.l_sns, Unset):
            l_sns = UNSET
        else:
            l_sns = self.l_sns

        clean_accuracy: float | None | Unset
        if isinstance(self.clean_accuracy, Unset):
            clean_accuracy = UNSET
        else:
            clean_accuracy = self.clean_accuracy

        robust_accuracy: float | None | Unset
        if isinstance(self.robust_accuracy, Unset):
            robust_accuracy = UNSET
        else:
            robust_accuracy = self.robust_accuracy

        validation_clean: float | None | Unset
        if isinstance(self.validation_clean, Unset):
            validation_clean = UNSET
        else:
            validation_clean = self.validation_clean

        validation_robust: float | None | Unset
        if isinstance(self.validation_robust, Unset):
            validation_robust = UNSET
        else:
            validation_robust = self.validation_robust

        best: dict[str, Any] | None | Unset
        if isinstance(self.best, Unset):
            best = UNSET
        elif isinstance(self.best, BestSoFar):
            best = self.best.to_dict()
        else:
            best = self.best

        method: None | str | Unset
        if isinstance(self.method, Unset):
            method = UNSET
        else:
            method = self.method

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "epoch": epoch,
                "epochs": epochs,
            }
        )
        if loss is not UNSET:
            field_dict["loss"] = loss
        if l_adv is not UNSET:
            field_dict["l_adv"] = l_adv
        if l_sns is not UNSET:
            field_dict["l_sns"] = l_sns
        if clean_accuracy is not UNSET:
            field_dict["clean_accuracy"] = clean_accuracy
        if robust_accuracy is not UNSET:
            field_dict["robust_accuracy"] = robust_accuracy
        if validation_clean is not UNSET:
            field_dict["validation_clean"] = validation_clean
        if validation_robust is not UNSET:
            field_dict["validation_robust"] = validation_robust
        if best is not UNSET:
            field_dict["best"] = best
        if method is not UNSET:
            field_dict["method"] = method

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.best_so_far import BestSoFar  # noqa: PLC0415

        d = dict(src_dict)
        epoch = d.pop("epoch")

        epochs = d.pop("epochs")

        def _parse_loss(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        loss = _parse_loss(d.pop("loss", UNSET))

        def _parse_l_adv(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        l_adv = _parse_l_adv(d.pop("l_adv", UNSET))

        def _parse_l_sns(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        l_sns = _parse_l_sns(d.pop("l_sns", UNSET))

        def _parse_clean_accuracy(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        clean_accuracy = _parse_clean_accuracy(d.pop("clean_accuracy", UNSET))

        def _parse_robust_accuracy(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        robust_accuracy = _parse_robust_accuracy(d.pop("robust_accuracy", UNSET))

        def _parse_validation_clean(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        validation_clean = _parse_validation_clean(d.pop("validation_clean", UNSET))

        def _parse_validation_robust(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        validation_robust = _parse_validation_robust(d.pop("validation_robust", UNSET))

        def _parse_best(data: object) -> BestSoFar | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                best_type_0 = BestSoFar.from_dict(data)

                return best_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BestSoFar | None | Unset, data)

        best = _parse_best(d.pop("best", UNSET))

        def _parse_method(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        method = _parse_method(d.pop("method", UNSET))

        underway = cls(
            epoch=epoch,
            epochs=epochs,
            loss=loss,
            l_adv=l_adv,
            l_sns=l_sns,
            clean_accuracy=clean_accuracy,
            robust_accuracy=robust_accuracy,
            validation_clean=validation_clean,
            validation_robust=validation_robust,
            best=best,
            method=method,
        )

        return underway
