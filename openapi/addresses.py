"""Addresses that callers name and that Tremor then connects to."""

from openapi.patterns import pattern

_HOST = r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*"
_PORT = r":(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
_REST = r"[/?][!-\"$-~]*"

#: http or https, without a user.
WEB_ADDRESS = pattern(
    rf"^https?://{_HOST}(?:{_PORT})?(?:{_REST})?$",
    "write an address such as https://host.example/path: http:// or https://, a name or an IPv4 address without a user "
    "before it (no IPv6 address in brackets: give the host a name), and ASCII characters without blanks after it",
)
