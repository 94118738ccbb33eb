"""Names of the keys with a life in the broker."""


def attempt_key(shard_id: str) -> str:
    """Which attempt at a shard was enqueued last."""
    return f"tremor:attempt:{shard_id}"


def cancel_key(job_id: str) -> str:
    """Whether a job was cancelled."""
    return f"tremor:cancel:{job_id}"


def worker_key(worker_id: str) -> str:
    """What a worker says with its heartbeat."""
    return f"tremor:workers:{worker_id}"


def refusal_key(worker_id: str) -> str:
    """Why a worker did not begin."""
    return f"tremor:refusals:{worker_id}"
