"""The object stores that settings can name: a local folder, or a bucket of S3."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from obstore.store import S3Store

from openapi.wire.settings import Settings

#: A store that says nothing for so long, while it is asked or in the middle of an answer, is given up. The parts of an
#: upload are of 5 MB, and count as silence while they are sent.
SILENCE = timedelta(seconds=60)
#: Whoever asks is told soon that the store is away; work waits and comes again by itself.
PATIENCE = timedelta(seconds=30)


def local_root(settings: Settings) -> Path | None:
    """The folder of a local store; None when blobs are in S3."""
    url = urlsplit(settings.blobs)
    return Path(url2pathname(url.path)) if url.scheme == "file" else None


def s3_store(settings: Settings) -> S3Store:
    """A client of the bucket; nothing is contacted yet."""
    bucket = urlsplit(settings.blobs)
    config: dict[str, Any] = {"region": settings.s3_region or os.environ.get("AWS_REGION") or "us-east-1"}
    if settings.s3_endpoint:
        config["endpoint"] = settings.s3_endpoint
    if settings.s3_access_key_id and settings.s3_secret_access_key:
        config["access_key_id"] = settings.s3_access_key_id.get_secret_value()
        config["secret_access_key"] = settings.s3_secret_access_key.get_secret_value()
    plain = bool(settings.s3_endpoint and settings.s3_endpoint.startswith("http://"))
    return S3Store(
        bucket.netloc,
        prefix=bucket.path.strip("/") or None,
        retry_config={"max_retries": 5, "retry_timeout": PATIENCE},
        # A transfer may take as long as it likes, but not stand still.
        client_options={
            "allow_http": plain,
            "connect_timeout": timedelta(seconds=10),
            "read_timeout": SILENCE,
            "timeout": timedelta(days=1),
        },
        **config,
    )
