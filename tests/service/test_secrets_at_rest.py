"""Secrets of webhooks and registries are encrypted in the database, those of before at the next start; keys change."""

import secrets
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
import standardwebhooks
from pydantic import SecretStr, ValidationError

from openapi.problems import Unavailable
from openapi.wire.settings import Settings
from service.db.database import Database
from service.db.webhooks import Webhook
from service.embedded.broker import Broker
from service.upkeep.sealing import seal_all
from service.vault import SEALED, CannotOpen, Vault
from tests.service.conftest import flush, make_settings, running
from tests.service.receiver import Receiver, until
from tests.service.test_database import database as database
from tests.service.test_database import go
from tests.service.test_database import url as url

OLD, NEW = secrets.token_hex(32), secrets.token_hex(32)


def vault(*keys: str, folder: Path = Path("/none"), **changes: Any) -> Vault:
    return Vault(Settings(data_dir=folder, secret_key=SecretStr(",".join(keys)), **changes))


def test_what_is_sealed_is_opened_with_the_same_key_alone() -> None:
    sealed = vault(OLD).seal("a secret")
    assert sealed.startswith(SEALED)
    assert "a secret" not in sealed
    assert vault(OLD).open(sealed) == vault(NEW, OLD).open(sealed) == "a secret"
    with pytest.raises(CannotOpen):
        vault(NEW).open(sealed)
    assert vault(OLD).open("of before") == "of before"


def test_a_new_key_takes_over_and_the_old_one_can_go() -> None:
    sealed = vault(OLD).seal("a secret")
    assert vault(OLD).resealed(sealed) == sealed
    moved = vault(NEW, OLD).resealed(sealed)
    assert vault(NEW).open(moved) == "a secret"
    assert vault(NEW).open(vault(NEW).resealed("of before")) == "of before"
    with pytest.raises(CannotOpen):
        vault(NEW).resealed(sealed)


def test_an_embedded_installation_has_a_key_of_its_own_and_a_server_needs_one(tmp_path: Path) -> None:
    own = Vault(Settings(data_dir=tmp_path))
    sealed = own.seal("a secret")
    assert Vault(Settings(data_dir=tmp_path)).open(sealed) == "a secret"
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600
    without = vault(folder=tmp_path, database_url="postgresql://nobody@localhost/none")
    with pytest.raises(Unavailable, match="TREMOR_SECRET_KEY"):
        without.seal("a secret")
    with pytest.raises(CannotOpen, match="TREMOR_SECRET_KEY is not set"):
        without.open(sealed)
    assert without.resealed("of before") == "of before"
    with pytest.raises(ValidationError, match="openssl rand -hex 32"):
        vault("abc")


async def test_secrets_of_before_are_encrypted_and_a_downgrade_disables(database: Database) -> None:
    """Down to the schema before and up again: webhooks and their messages stay, the secret does not come back."""
    async with database.write() as session:
        session.add(
            Webhook(
                id="whk_1", tenant_id="t", url="https://ci.example", description="", secret="whsec_QUJD", old_secret="x"
            )
        )
    await seal_all(database, vault(OLD))
    await seal_all(database, vault(NEW, OLD))
    await seal_all(database, vault(OLD))  # its key is gone: what cannot be read stays as it is
    async with database.read() as session:
        row = await session.get(Webhook, "whk_1")
    assert row is not None
    assert [vault(NEW).open(text or "") for text in (row.secret, row.old_secret)] == ["whsec_QUJD", "x"]
    assert row.secret.startswith(SEALED)
    await go(database, "0017")
    async with database.read() as session:
        row = await session.get(Webhook, "whk_1")
    assert row is not None
    assert row.secret.startswith("whsec_")
    assert (row.old_secret, row.disabled_at is not None) == (None, True)
    assert "rotate it" in (row.disabled_reason or "")


def test_a_webhook_of_before_signs_on_after_the_upgrade(broker: Broker, tmp_path: Path, receiver: Receiver) -> None:
    settings = make_settings(broker, tmp_path, webhook_networks=("127.0.0.0/8",))
    flush(settings)
    secret = "whsec_" + "QUJD" * 8
    with running(settings) as api:
        made = api.post("/v1/webhook-endpoints", json={"url": receiver.url}).json()
        assert made["secret"] not in stored(settings)
    with closing(sqlite3.connect(tmp_path / "tremor.db")) as plain:
        plain.execute("UPDATE webhooks SET secret = ?", (secret,))
        plain.commit()
    with running(settings) as api:
        assert secret not in stored(settings)
        assert taken(api, made["id"], receiver, secret)


def stored(settings: Settings) -> str:
    with closing(sqlite3.connect(settings.data_dir / "tremor.db")) as database:
        return repr(database.execute("SELECT * FROM webhooks").fetchall())


def taken(api: httpx.Client, identity: str, receiver: Receiver, secret: str) -> bool:
    """Whether a test event comes with a signature of the secret."""
    assert api.post(f"/v1/webhook-endpoints/{identity}/test").status_code == 202
    until(lambda: receiver.got())
    (got,) = receiver.got()
    return bool(standardwebhooks.Webhook(secret).verify(got["body"], got["headers"]))
