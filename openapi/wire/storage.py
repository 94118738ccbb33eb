"""Which errors mean that there is no room, or that nothing may be written: of a disk, and of a store far away."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

from openapi.problems import InsufficientStorage, Unavailable
from openapi.wire.disks import cannot_write

#: How object stores say that they are full; their clients have no exception for it.
_FULL_STORE = ("XMinioStorageFull", "QuotaExceeded", "InsufficientStorage", "507 ")


@contextmanager
def writing(what: str) -> Iterator[None]:
    """Turn the errors of writing inside the block into `InsufficientStorage`, or `Unavailable` for a store far away.

    `what` begins the sentence that says it, such as "The blob store".
    """
    try:
        yield
    except OSError as error:
        if not cannot_write(error):
            raise
        raise InsufficientStorage(_sentence(what, error.strerror or str(error))) from error
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise InsufficientStorage(_sentence(what, "the store does not let this service write")) from error
    except BaseError as error:
        if any(word in str(error) for word in _FULL_STORE):
            raise InsufficientStorage(_sentence(what, "the store says that it is full")) from error
        raise Unavailable(f"{what} does not answer; try again soon") from error


def arriving(stream: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks of a download; whatever goes wrong with the store is `Unavailable`, and no matter of our disk."""
    try:
        yield from stream
    except BaseError as error:
        raise Unavailable("The blob store does not answer; try again soon") from error


def _sentence(what: str, reason: str) -> str:
    return (
        f"{what} cannot be written: {reason}. Nothing was kept; whoever runs this service must make room, or make it "
        "writable"
    )
