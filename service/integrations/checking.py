"""What is wrong with an integration is said when it is entered, and not when the first version comes."""

import re
from urllib.parse import urlsplit

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.audits import AuditRequest
from openapi.integrations import IntegrationKind
from openapi.problems import FieldError, InvalidField, InvalidFields, TremorError
from openapi.wire.settings import Settings
from service.audits.service import AuditService
from service.context import Services
from service.db.bases import Json
from service.fields import field_errors, read_strictly
from service.integrations.config import OWN, Asked, audit_body
from service.outgoing import is_forbidden, networks
from service.webhooks.signing import raw

#: In the place of a model that is not there yet.
_SOME_MODEL = "mdl_none"
#: Bytes, as Standard Webhooks wants them.
_SHORTEST_SECRET = 24
#: What no header and no credential may hold: with a line break in a token every call would fail.
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NO_CONTROL = (
    "holds a line break or another control character: write it on one line (a file's last line break is often read "
    "with its token)"
)
#: Sent or received as the value of a header, around which blanks are lost.
_OF_HEADERS = ("token", "secret")
#: Characters of a host that a message repeats.
_SHOWN = 100


def check_address(asked: Asked, settings: Settings) -> None:
    """Raise `InvalidField` where the address of a registry says by itself that it is none that is asked."""
    host = urlsplit(getattr(asked, "tracking_uri", "")).hostname or ""
    if is_forbidden(host, networks(settings.registry_networks)):
        raise InvalidField(
            "/tracking_uri",
            f"{host[:_SHOWN]} is no public address, and is not asked; TREMOR_REGISTRY_NETWORKS names the networks that "
            "are allowed all the same",
        )


def check_secrets(kind: IntegrationKind, secrets: dict[str, str]) -> None:
    """Raise `InvalidFields` where a secret cannot be sent, or cannot come, as it is; none is repeated.

    A stored one is not looked at when it is read: what was entered before this was looked at still answers.
    """
    wrong = []
    for name, secret in secrets.items():
        if _CONTROL.search(secret):
            wrong.append(FieldError(pointer=f"/{name}", detail=_NO_CONTROL))
        elif name in _OF_HEADERS and secret != secret.strip(" "):
            wrong.append(FieldError(pointer=f"/{name}", detail="takes no blank at its beginning or end"))
        elif name == "username" and ":" in secret:
            wrong.append(FieldError(pointer="/username", detail="takes no colon, which ends a user's name (RFC 7617)"))
    if wrong:
        raise InvalidFields(tuple(wrong))
    if kind == "generic" and "secret" in secrets:
        _check_standard(secrets["secret"])


def _check_standard(secret: str) -> None:
    """Raise `InvalidField` where Standard Webhooks has no such secret."""
    try:
        right = secret.startswith("whsec_") and len(raw(secret)) >= _SHORTEST_SECRET
    except ValueError:
        right = False
    if not right:
        raise InvalidField("/secret", "write whsec_ and base64 of 24 bytes or more, as Standard Webhooks has it")


async def check_audit(services: Services, session: AsyncSession, stored: Json) -> None:
    """Raise `InvalidFields` where an audit of any model would be refused, with pointers into this request."""
    for name in ("model_id", *OWN):
        if name in stored.get("audit", {}):
            beside = "is the version's: leave it out" if name == "model_id" else "stands beside `audit`"
            raise InvalidField(f"/audit/{name}", f"{name} {beside}")
    body, audits = audit_body(stored, _SOME_MODEL), AuditService(services)
    try:
        asked = read_strictly(AuditRequest, body)
    except ValidationError as error:
        raise InvalidFields(_placed(field_errors(error, body, "", AuditRequest))) from error
    try:
        filled = audits.filled(asked)
        await audits.check_without_model(session, filled)
        await audits.completed(session, filled)
    except TremorError as error:
        if error.errors is None:
            raise
        raise InvalidFields(_placed(error.errors)) from error


def _placed(errors: tuple[FieldError, ...]) -> tuple[FieldError, ...]:
    """Errors of an audit's request where the fields stand in the integration's."""
    placed = []
    for error in errors:
        _, _, path = error.pointer.partition("/")
        inside = path.partition("/")[0] not in OWN
        placed.append(error.model_copy(update={"pointer": f"/audit{error.pointer}"}) if inside else error)
    return tuple(placed)
