"""Secrets that are not encrypted, or with a key that is to go, are encrypted with the present one at the start."""

import asyncio
import logging
from typing import Any

from sqlalchemy import select

from service.db.database import Database
from service.db.integrations import Integration
from service.db.webhooks import Webhook
from service.vault import CannotOpen, Vault

_log = logging.getLogger("tremor.upkeep")

_COLUMNS: tuple[tuple[Any, tuple[str, ...]], ...] = ((Webhook, ("secret", "old_secret")), (Integration, ("secrets",)))


async def seal_all(db: Database, vault: Vault) -> None:
    """Encrypt what is not encrypted with the first key. What cannot be decrypted stays, and the log says so."""
    for table, names in _COLUMNS:
        async with db.read() as session:
            identities = list(await session.scalars(select(table.id).order_by(table.id)))
        for identity in identities:
            await _seal(db, vault, table, identity, names)


async def _seal(db: Database, vault: Vault, table: Any, identity: str, names: tuple[str, ...]) -> None:
    async with db.read() as session:
        row = await session.get(table, identity)
    seen = {name: value for name in names if (value := getattr(row, name, None)) is not None}
    try:
        sealed = {name: await asyncio.to_thread(vault.resealed, value) for name, value in seen.items()}
    except CannotOpen as error:
        _log.error("the secret of %s cannot be decrypted: %s", identity, error)
        return
    changed = {name: new for name, new in sealed.items() if new != seen[name]}
    if not changed:
        return
    async with db.write() as session:
        row = await session.get(table, identity, with_for_update=True)
        for name, new in changed.items():
            if row is not None and getattr(row, name) == seen[name]:  # nobody has changed it meanwhile
                setattr(row, name, new)
    _log.info("the secret of %s is encrypted with the present key", identity)
