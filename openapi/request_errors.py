"""What can be wrong with a request as HTTP sees it, before anything of what it asks for is looked at."""

from openapi.problems import TremorError


class MalformedRequest(TremorError):
    """The request cannot be read at all (400)."""

    slug = "malformed-request"


class DigestMismatch(TremorError):
    """The content does not have the digest that the request says (400)."""

    slug = "digest-mismatch"


class ChecksumMismatch(TremorError):
    """A part of an upload does not have the checksum that the request says (460, of tus)."""

    slug = "checksum-mismatch"


class UnsupportedVersion(TremorError):
    """The client speaks another version of a protocol (412)."""

    slug = "unsupported-version"


class NotAcceptable(TremorError):
    """None of the representations that the caller accepts can be had (406)."""

    slug = "not-acceptable"


class UnsupportedMediaType(TremorError):
    """The body is of a type that is not read here (415)."""

    slug = "unsupported-media-type"


class RangeNotSatisfiable(TremorError):
    """The range begins behind the end of the content (416)."""

    slug = "range-not-satisfiable"
