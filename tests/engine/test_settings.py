"""Settings: defaults, addresses as each library wants them, and refusals."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from openapi.wire.delivery import make_celery
from openapi.wire.settings import Settings


def test_defaults_make_an_embedded_installation(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert settings.sqlalchemy_url == f"sqlite+aiosqlite:///{tmp_path}/tremor.db"
    assert settings.blobs == (tmp_path / "blobs").as_uri()
    assert settings.broker == settings.redis == "redis://127.0.0.1:6379/0"


def test_the_environment_sets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREMOR_DATABASE_URL", "postgresql+psycopg://u:hidden@db/tremor")
    monkeypatch.setenv("TREMOR_BLOB_URL", "s3://bucket/prefix")
    monkeypatch.setenv("TREMOR_REDIS_URL", "redis://:hidden@queue:6379/1")
    monkeypatch.setenv("TREMOR_SANDBOX_LAYERS", '["landlock"]')
    settings = Settings()
    assert settings.sqlalchemy_url == "postgresql+psycopg://u:hidden@db/tremor"
    assert settings.blobs == "s3://bucket/prefix"
    assert settings.broker == "redis://:hidden@queue:6379/1"
    assert settings.sandbox_layers == ("landlock",)
    assert "hidden" not in repr(settings)


def test_a_file_sets_them_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("TREMOR_LEASE_SECONDS=7\nTREMOR_DEVICE=cuda\nOTHER=1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TREMOR_DEVICE", "cpu")
    assert Settings().lease_seconds == 7
    assert Settings().device == "cpu"


def test_sockets_are_named_as_celery_wants_them() -> None:
    settings = Settings(redis_url="unix:///run/valkey.sock?db=3")
    assert settings.redis == "unix:///run/valkey.sock?db=3"
    assert settings.broker == "redis+socket:///run/valkey.sock?virtual_host=3"
    assert Settings(redis_url="unix:///run/valkey.sock").broker.endswith("virtual_host=0")


@pytest.mark.parametrize(
    "wrong",
    [
        {"redis_url": "amqp://rabbit"},
        {"blob_url": "/just/a/path"},
        {"device": "tpu"},
        {"sandbox": "maybe"},
        {"port": 70000},
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        Settings(**wrong)


def test_a_task_never_outlives_its_visibility() -> None:
    settings = Settings(wall_seconds=1000)
    conf = make_celery(settings).conf
    assert conf.broker_transport_options["visibility_timeout"] > settings.limits().wall_seconds
    assert conf.task_acks_late
    assert conf.worker_prefetch_multiplier == 1
    assert settings.limits(inspection=True).wall_seconds == settings.inspect_wall_seconds
