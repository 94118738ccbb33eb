from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.cell import Cell


T = TypeVar("T", bound="MatrixView")


@_attrs_define
class MatrixView:
    """True × adversarial label; cells without an image are left out.

    Attributes:
        attack (str):
        n (int):
        correct (int):
        fooled (int):
        num_classes (int):
        classes (list[str] | None): Names of the classes, where they have any
        cells (list[Cell]):
    """

    attack: str
    n: int
    correct: int
    fooled: int
    num_classes: int
    classes: list[str] | None
    cells: list[Cell]

    def to_dict(self) -> dict[str, Any]:
        attack = self.attack

        n = self.n

        correct = self.correct

        fooled = self.fooled

        num_classes = self.num_classes

        classes: list[str] | None
        if isinstance(self.classes, list):
            classes = self.classes

        else:
            classes = self.classes

        cells = []
        for cells_item_data in self.cells:
            cells_item = cells_item_data.to_dict()
            cells.append(cells_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "attack": attack,
                "n": n,
                "correct": correct,
                "fooled": fooled,
                "num_classes": num_classes,
                "classes": classes,
                "cells": cells,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.cell import Cell  # noqa: PLC0415

        d = dict(src_dict)
        attack = d.pop("attack")

        n = d.pop("n")

        correct = d.pop("correct")

        fooled = d.pop("fooled")

        num_classes = d.pop("num_classes")

        def _parse_classes(data: object) -> list[str] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                classes_type_0 = cast(list[str], data)

                return classes_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None, data)

        classes = _parse_classes(d.pop("classes"))

        cells = []
        _cells = d.pop("cells")
        for cells_item_data in _cells:
            cells_item = Cell.from_dict(cells_item_data)

            cells.append(cells_item)

        matrix_view = cls(
            attack=attack,
            n=n,
            correct=correct,
            fooled=fooled,
            num_classes=num_classes,
            classes=classes,
            cells=cells,
        )

        return matrix_view
