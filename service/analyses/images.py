"""Images under the attack of vulnerability."""

from openapi.problems import NotFound
from service.analyses.columns import Columns


async def row_of(columns: Columns, index: int) -> int:
    """The row of an image by its number in the data set. Raises `NotFound`."""
    indices = await columns.whole("images.index")
    try:
        return indices.index(index)
    except (ValueError, OverflowError):
        raise NotFound(f"Image {index} is none of the {len(indices)} that were attacked; /images lists them") from None
