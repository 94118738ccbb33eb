"""Pictures of images that a hardening won and lost: as they are, and under an attack on either model."""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from openapi.stages.attack import AttackFile
from openapi.stages.comparison import ClassChange, ComparedImage, ComparedImages, ComparedSide
from openapi.stages.places import Whose
from workers.reports.kept_arrays import read_header, slices_of
from workers.reports.merge import AttackTable
from workers.reports.picture_pairs import unit
from workers.reports.worst import png

#: Images of each kind.
MOST = 32

Tables = Sequence[AttackTable]


def compared_images(
    classes: Sequence[ClassChange], before: Tables, after: Tables, inputs: Mapping[str, Path]
) -> ComparedImages:
    """At most `MOST` images won and as many lost, of every class in turn.

    before, after: the same attacks on both models. inputs: the report's, among them the examples of both
    (`AttackFile.EXAMPLES`) and the data set's decoded ``images``. An image is shown under the strongest bounded attack
    that fools the model which does not hold it; where that model was wrong already, under the strongest.
    """
    pixels = np.load(inputs["images"], mmap_mode="r", allow_pickle=False)
    won, lost = _in_turn([one.won for one in classes]), _in_turn([one.lost for one in classes])
    chosen = [(index, True, _deciding(before, index)) for index in won]
    chosen += [(index, False, _deciding(after, index)) for index in lost]
    pictures = {
        (whose, i, index): picture
        for i in range(len(before))
        for whose in (Whose.BEFORE, Whose.AFTER)
        for index, picture in _examples(inputs, i, whose, {index for index, _, attack in chosen if attack == i})
    }
    return ComparedImages(
        images=tuple(
            ComparedImage(
                index=index,
                label=int(before[i].label[_row(before[i], index)]),
                won=is_won,
                attack=before[i].id,
                benign=png(unit(pixels[index])),
                before=_side(before[i], index, pictures[Whose.BEFORE, i, index]),
                after=_side(after[i], index, pictures[Whose.AFTER, i, index]),
            )
            for index, is_won, i in chosen
        )
    )


def _in_turn(of_classes: Sequence[Sequence[int]]) -> list[int]:
    """The first of every class, then the second of every class, and so on."""
    rounds = chain.from_iterable(zip_longest(*of_classes))
    return [index for index in rounds if index is not None][:MOST]


def _deciding(tables: Tables, index: int) -> int:
    """The position of the attack under which an image is shown; tables: of the model that does not hold it."""
    bounded = [i for i, t in enumerate(tables) if t.spec.threat_model.untargeted.bounded] or list(range(len(tables)))
    strongest = sorted(bounded, key=lambda i: -int(tables[i].success.sum()))
    return next((i for i in strongest if tables[i].success[_row(tables[i], index)]), strongest[0])


def _row(table: AttackTable, index: int) -> int:
    return int(np.searchsorted(table.index, index))


def _side(table: AttackTable, index: int, picture: str) -> ComparedSide:
    row = _row(table, index)
    return ComparedSide(
        predicted=int(table.adv_predicted[row]),
        confidence=float(table.confidence[row]),
        fooled=bool(table.success[row]),
        picture=picture,
    )


def _examples(inputs: Mapping[str, Path], attack: int, whose: Whose, wanted: set[int]) -> Iterator[tuple[int, str]]:
    """The pictures of some images under an attack, one image in memory at a time."""
    for path in slices_of(inputs, AttackFile.EXAMPLES, attack, whose) if wanted else ():
        with np.load(path, allow_pickle=False) as arrays:
            indices = arrays["index"].tolist()
        with zipfile.ZipFile(path) as archive, archive.open("x.npy") as stream:
            shape, dtype = read_header(stream)
            size = int(np.prod(shape[1:])) * dtype.itemsize
            for index in indices:
                data = stream.read(size)
                if index in wanted:
                    yield index, png(_image(data, dtype, shape[1:]))


def _image(data: bytes, dtype: np.dtype[Any], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    return np.frombuffer(data, dtype).reshape(shape)
