"""How objects are called in the store, and the errors of blobs that are not what their name says."""

from openapi.problems import TremorError

_ADVICE = "whoever runs this service can ask `tremor doctor` what that concerns and what to do"


class BlobDamaged(TremorError):
    """A stored blob's bytes do not have the blob's hash."""

    slug = "content-lost"


class BlobMissing(TremorError):
    """A blob that something refers to is not in the store."""

    slug = "content-lost"


def blob_key(sha256: str) -> str:
    """The object of a blob; `BlobMissing` for what is no sha256."""
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise BlobMissing(f"{sha256!r} is not a sha256 in lower-case hexadecimal digits")
    return f"blobs/{sha256[:2]}/{sha256}"


def result_key(key: str) -> str:
    """The object of a shard's result record."""
    return f"results/{key[:2]}/{key}.json"


def missing(sha256: str) -> BlobMissing:
    """The error of a blob that is not there."""
    return BlobMissing(f"The content {sha256} is not in the store any more; {_ADVICE}")


def damaged(sha256: str) -> BlobDamaged:
    """The error of a blob with other bytes than it had."""
    return BlobDamaged(f"The content {sha256} is damaged in the store: its bytes have another hash; {_ADVICE}")
