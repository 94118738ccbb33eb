"""What an uploaded data set may at most ask for."""

from dataclasses import dataclass

from openapi.problems import DatasetRejected


@dataclass(frozen=True)
class DatasetLimits:
    """Caps that are checked before anything is allocated or decoded.

    `samples`, `classes`: of the set. `array_bytes`: of the decoded `x`; `label_bytes`: of an array of labels.
    `image_pixels`: height × width of one image before it is cropped. `entry_bytes`: of one image file. `entries`: of an
    archive. `ratio`: unpacked over packed size of an entry, looked at above `ratio_floor` bytes only (small flat images
    legitimately pack very well).
    """

    samples: int = 5_000_000
    classes: int = 65_536
    array_bytes: int = 64 * 2**30
    label_bytes: int = 2**30
    image_pixels: int = 50_000_000
    entry_bytes: int = 64 * 2**20
    entries: int = 5_000_000
    ratio: float = 250.0
    ratio_floor: int = 16 * 2**20

    def check_array(self, name: str, n: int, shape: tuple[int, ...], itemsize: int) -> None:
        """Refuse an array of `n` × `shape` elements that is empty or too large; Python integers cannot overflow."""
        if n < 1:
            raise DatasetRejected(f"the data set is empty: {name} has shape {(n, *shape)}")
        if n > self.samples:
            raise DatasetRejected(f"{name} holds {n:,} samples; at most {self.samples:,} are accepted")
        size = n * itemsize
        for extent in shape:
            if extent < 1:
                raise DatasetRejected(f"{name} has shape {(n, *shape)}: every extent must be at least 1")
            size *= extent
        if size > self.array_bytes:
            raise DatasetRejected(
                f"{name} has shape {(n, *shape)}, which is {size:,} bytes; at most {self.array_bytes:,} are accepted"
            )

    def check_ratio(self, name: str, packed: int, unpacked: int) -> None:
        """Refuse an entry that unpacks to absurdly more than it takes in the archive."""
        if unpacked > self.ratio_floor and unpacked > self.ratio * max(packed, 1):
            raise DatasetRejected(
                f"entry {name!r} unpacks from {packed:,} to {unpacked:,} bytes, more than {self.ratio:g} times; "
                "this looks like a decompression bomb"
            )
