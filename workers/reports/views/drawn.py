"""Pictures of images in the file of columns: fact ``pictures``, what → its column, that of the numbers, and a text."""

from openapi.views.base import Picture
from workers.pictures import Bytes
from workers.reports.columns_file import ColumnsFile


def draw(file: ColumnsFile, part: str, what: str, rows: Bytes, alt: str) -> None:
    """Keep pictures (n, c, h, w) of the images whose numbers are the column ``PART.index``.

    alt: with ``{index}`` for the image's number.
    """
    name = f"{part}.{what}.png"
    file.array(name, rows, "u1")
    file.facts.setdefault("pictures", {})[what] = {"column": name, "index": f"{part}.index", "alt": alt}


def drawn(file: ColumnsFile, part: str, audit: str, index: int) -> tuple[Picture, ...]:
    """The pictures of a part for one image, as they are listed."""
    known = file.facts.get("pictures", {})
    return tuple(
        Picture(what=what, href=f"/v1/audits/{audit}/images/{index}/{what}.png", alt=at["alt"].format(index=index))
        for what, at in known.items()
        if at["index"] == f"{part}.index"
    )
