"""Every setting of the service and of the workers, in one class, read from ``TREMOR_*`` environment variables."""

import ipaddress
import re
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from openapi.addresses import WEB_ADDRESS
from openapi.wire.jobs import Limits

Device = Literal["auto", "cpu", "cuda"]
Gradients = Literal["auto", "float32", "bfloat16"]
CudaGraphs = Literal["off", "on"]
SandboxMode = Literal["required", "auto", "off"]
LogLevel = Literal["debug", "info", "warning", "error"]

_GIB = 2**30
_MIB = 2**20


class Settings(BaseSettings):
    """Settings of one Tremor installation.

    Field ``x`` is the environment variable ``TREMOR_X``, or that line of a file ``.env`` in the working folder. The defaults make an embedded installation in ``data_dir``;
    production sets `database_url`, `redis_url` and `blob_url`. Sizes are bytes, times are seconds.
    """

    model_config = SettingsConfigDict(
        env_prefix="TREMOR_", env_file=".env", frozen=True, extra="ignore", validate_default=True, allow_inf_nan=False
    )

    # Where things lie
    data_dir: Path = Field(
        Path("tremor-data"), description="Folder of everything local: database, blobs, caches, spool"
    )
    database_url: SecretStr | None = Field(
        None,
        description="SQLAlchemy URL, e.g. postgresql+psycopg://user:password@host/db; null is SQLite in data_dir",
    )
    redis_url: SecretStr = Field(
        SecretStr("redis://127.0.0.1:6379/0"),
        description="Redis-protocol server: redis://, rediss:// or unix:///path/to/socket?db=0",
    )
    blob_url: str | None = Field(
        None, description="file:///folder or s3://bucket/prefix; null is the folder blobs in data_dir"
    )
    s3_endpoint: str | None = Field(None, description="Of an S3-compatible store, e.g. https://minio:9000; null is AWS")
    s3_public_endpoint: str | None = Field(
        None,
        description="The same store's address as clients reach it; set, they may send large files directly there, and read them from there by `?redirect=true`; null: they may not",
    )
    s3_region: str | None = Field(None, description="null: AWS_REGION, else us-east-1")
    s3_access_key_id: SecretStr | None = Field(
        None, description="null: the usual AWS_* variables or the machine's role"
    )
    s3_secret_access_key: SecretStr | None = None

    signing_key_file: Path | None = Field(
        None,
        description="PEM of the ed25519 key that signs evidence, the same for all APIs; null is `signing_key`, else one in "
        "data_dir, made when first needed, where SQLite says that there is one API",
    )
    signing_key: SecretStr | None = Field(
        None,
        description="The same key as its 32 bytes in hexadecimal (`openssl rand -hex 32`), where files are awkward",
    )

    secret_key: SecretStr | None = Field(
        None,
        description="Key that encrypts the secrets of webhooks and registries in the database, 32 bytes in hexadecimal "
        "(`openssl rand -hex 32`), the same for all APIs; of several with commas between them the first encrypts and all "
        "decrypt. null is one in data_dir, made when first needed, where SQLite says that there is one API",
    )

    min_free_bytes: int | None = Field(
        None,
        ge=0,
        description="Room that uploads and jobs leave on a disk, else 507 and waiting; null is 5 % of it, at most 1 GiB",
    )

    retention_days: float | None = Field(
        None, gt=0, description="Ended jobs, and then uploads that no job names, are deleted when so old; null: never"
    )
    retention_bytes: int | None = Field(
        None, ge=0, description="While all blobs take more than this, the oldest of these are deleted; null: never"
    )

    # The HTTP side
    host: str = Field("127.0.0.1", description="Address that `tremor api` listens on")
    port: int = Field(8000, ge=0, le=65_535, description="Port that `tremor api` listens on; 0 takes a free one")
    auth: Literal["none", "keys"] = Field(
        "none", description="`keys`: every /v1 call needs `Authorization: Bearer KEY`"
    )
    allowed_hosts: tuple[str, ...] | None = Field(
        None,
        description='Names under which the API answers, as JSON, e.g. ["tremor.example.org", "*.lab"]; null: with keys any, without keys addresses, localhost and this machine\'s name',
    )
    max_model_bytes: int = Field(2 * _GIB, gt=0, description="Largest model file taken")
    max_dataset_bytes: int = Field(8 * _GIB, gt=0, description="Largest data set file taken")
    upload_seconds: float = Field(
        86_400.0, gt=0, description="A file in parts (`/v1/uploads`) of which nothing has come for so long is removed"
    )
    max_body_bytes: int = Field(
        4 * _MIB, gt=0, description="Largest JSON body, and largest `metadata` field of an upload"
    )
    max_wait_seconds: float = Field(60.0, gt=0, description="Longest `?wait=`; longer waits are cut to it")
    head_seconds: float = Field(10.0, gt=0, description="Longest that a client may take over a request's headers")
    stall_seconds: float = Field(
        30.0,
        gt=0,
        description="An upload of which less than 1 KiB arrives in so long, or a download of which nothing is taken, is cut off",
    )
    hang_seconds: float = Field(
        30.0, gt=0, description="`tremor serve` restarts an API that has not answered `/health/live` for so long"
    )
    rate_limit_per_minute: int = Field(
        0, ge=0, description="Requests a minute for each tenant, without keys for each address; 0 is unlimited"
    )
    tenant_max_bytes: int | None = Field(
        None, ge=0, description="Most bytes that a tenant keeps (`tremor tenants set` gives one its own); null: any"
    )
    tenant_max_queued: int = Field(1000, ge=0, description="Most unfinished jobs of a tenant")
    tenant_max_running: int | None = Field(
        None, ge=1, description="Most units of work of a tenant that workers have at a time; null: any"
    )
    metrics_key: SecretStr | None = Field(
        None,
        description="Who asks for /metrics with this as `Authorization: Bearer` sees queues by tenant; without keys everybody does",
    )
    webhook_networks: tuple[str, ...] = Field(
        (),
        description='Networks that webhooks may lead to though they are not public, as JSON, e.g. ["10.1.0.0/16"]',
    )
    import_hosts: tuple[str, ...] = Field(
        (),
        description='Hosts that files are fetched from when a request names a `url`, as JSON, e.g. ["huggingface.co", "*.hf.co"]',
    )
    import_networks: tuple[str, ...] = Field(
        (),
        description='Networks that these hosts may lead to though they are not public, as JSON, e.g. ["10.1.0.0/16"]',
    )
    registry_networks: tuple[str, ...] = Field(
        (),
        description='Networks that registries of models may be in though they are not public, as JSON, e.g. ["10.1.0.0/16"]',
    )
    public_url: str | None = Field(
        None,
        pattern=WEB_ADDRESS,
        description="Where people reach this service, for addresses in registries; null: where the request came that made the integration",
    )
    import_seconds: float = Field(3600.0, gt=0, description="Longest that fetching a file may take")
    log_level: LogLevel = Field("info", description="What is logged: `debug`, `info`, `warning` or `error` and worse")
    log_format: Literal["text", "json"] = Field("text", description="`json` is one object a line, for collectors")

    # Jobs
    lease_seconds: float = Field(15.0, gt=0, description="A running shard without an event for so long is started anew")
    storage_wait_seconds: float = Field(
        24 * 3600.0,
        ge=0,
        description="Longest that work waits for a full, read-only or silent disk or store before its job fails: the pauses "
        "between two tries, together",
    )
    max_attempts: int = Field(
        10,
        ge=1,
        description="Attempts at a shard before the job fails with worker-lost. A worker that dies of a shard costs so many "
        "restarts; machines that are taken away (spot instances, drains) end several under an innocent one",
    )
    shard_samples: int = Field(1024, ge=1, description="Samples per slice when the request does not set `shards`")
    wall_seconds: float = Field(4 * 3600.0, gt=0, description="Longest a shard may run")
    keep_seconds: float = Field(
        120.0,
        ge=0,
        description="How often a training keeps where it stands, to go on from there; after each epoch anyway",
    )
    inspect_wall_seconds: float = Field(300.0, gt=0, description="Longest an inspection of an upload may run")
    memory_bytes: int = Field(
        8 * _GIB,
        gt=0,
        description="Memory of a job's process: address space beyond torch's own on CPU, resident with CUDA",
    )
    output_bytes: int = Field(4 * _GIB, gt=0, description="Largest file that a job may write")
    decoded_bytes: int = Field(
        64 * _GIB, gt=0, description="Largest file that an inspection may write: the decoded array of a data set"
    )

    # Workers
    device: Device = Field("auto", description="`auto` is CUDA where there is one, else the CPU")
    gradients: Gradients = Field(
        "auto",
        description="Arithmetic of gradients in attacks with an eps; `auto` is bfloat16 on GPUs and CPUs made for it, each success confirmed in float32",
    )
    cuda_graphs: CudaGraphs = Field(
        "off",
        description="`on` records gradient passes of attacks on a GPU and replays them, after comparing a replay with the pass itself; written without a GPU and never run on one yet",
    )
    threads: int | None = Field(None, ge=1, description="Torch threads per job; null is cores / worker_slots")
    worker_slots: int = Field(1, ge=1, description="Workers that share this machine; decides `threads`")
    worker_id: str | None = Field(None, description="Name in heartbeats and events; null is host name and process id")
    sandbox: SandboxMode = Field(
        "auto",
        description="`required` refuses to run jobs below the full level; `auto` uses what the kernel has; `off` keeps limits only",
    )
    sandbox_layers: tuple[str, ...] | None = Field(
        None, description='Only these layers of the sandbox, as JSON, e.g. ["landlock", "seccomp"]; null is all'
    )
    heartbeat_seconds: float = Field(2.0, gt=0, description="Between two signs of life of a worker or a running shard")
    cache_bytes: int = Field(20 * _GIB, ge=0, description="Most that a worker's cache of inputs may hold")

    @field_validator("redis_url")
    @classmethod
    def _known_broker(cls, value: SecretStr) -> SecretStr:
        scheme = urlsplit(value.get_secret_value()).scheme
        if scheme not in ("redis", "rediss", "unix"):
            raise ValueError(f"redis_url must begin with redis://, rediss:// or unix://, not {scheme!r}")
        return value

    @field_validator("signing_key")
    @classmethod
    def _is_a_seed(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value():  # compose gives a variable that is not set as ""
            return None
        if not re.fullmatch("[0-9a-fA-F]{64}", value.get_secret_value()):
            raise ValueError("64 hexadecimal digits are wanted; make them with: openssl rand -hex 32")
        return value

    @field_validator("secret_key")
    @classmethod
    def _are_keys(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value():
            return None
        if not re.fullmatch("[0-9a-fA-F]{64}(,[0-9a-fA-F]{64})*", value.get_secret_value()):
            raise ValueError("64 hexadecimal digits are wanted; make them with: openssl rand -hex 32")
        return value

    @field_validator("webhook_networks", "import_networks", "registry_networks")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            ipaddress.ip_network(text)
        return value

    @field_validator("blob_url")
    @classmethod
    def _known_store(cls, value: str | None) -> str | None:
        if value is not None and urlsplit(value).scheme not in ("file", "s3"):
            raise ValueError("blob_url must be file:///folder or s3://bucket/prefix")
        return value

    @property
    def sqlalchemy_url(self) -> str:
        """The async database URL: the one set, or SQLite in `data_dir`."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite+aiosqlite:///{self.data_dir.absolute() / 'tremor.db'}"

    @property
    def blobs(self) -> str:
        """The blob URL: the one set, or the folder ``blobs`` in `data_dir`."""
        return self.blob_url or (self.data_dir.absolute() / "blobs").as_uri()

    @property
    def redis(self) -> str:
        """`redis_url` as redis-py reads it."""
        return self.redis_url.get_secret_value()

    @property
    def broker(self) -> str:
        """`redis_url` as Celery reads it: sockets are called ``redis+socket://`` there."""
        if not self.redis.startswith("unix:"):
            return self.redis
        path, _, query = self.redis.removeprefix("unix://").partition("?")
        number = dict(pair.split("=", 1) for pair in query.split("&") if "=" in pair).get("db", "0")
        return f"redis+socket://{path}?virtual_host={number}"

    @property
    def cache_dir(self) -> Path:
        """Where workers keep inputs and scratch folders."""
        return self.data_dir.absolute() / "worker"

    @property
    def spool_dir(self) -> Path:
        """Where uploads are written until their hash is known."""
        return self.data_dir.absolute() / "spool"

    def limits(self, *, inspection: bool = False) -> Limits:
        """Limits for a shard, from these settings."""
        return Limits(
            wall_seconds=self.inspect_wall_seconds if inspection else self.wall_seconds,
            memory_bytes=self.memory_bytes,
            output_bytes=self.decoded_bytes if inspection else self.output_bytes,
        )
