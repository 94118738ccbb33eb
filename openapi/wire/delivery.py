"""How Celery delivers: its queues, and the rules by which what a worker does not finish comes again."""

from enum import StrEnum

from celery import Celery

from openapi.stages.base import Stage
from openapi.wire.settings import Settings


class Lane(StrEnum):
    """How urgent work is: people wait for inspections and reports."""

    SHORT = "short"
    LONG = "long"


#: The queue of each lane, the more urgent first.
QUEUES = {Lane.SHORT: "tremor-short", Lane.LONG: "tremor-long"}
SHORT_STAGES = frozenset({Stage.INSPECT_MODEL, Stage.INSPECT_DATASET, Stage.REPORT})
#: Before the names of Celery's lists in the broker.
KEY_PREFIX = "tremor:celery:"


def lane_of(stage: Stage) -> Lane:
    """The lane that a stage's shards take."""
    return Lane.SHORT if stage in SHORT_STAGES else Lane.LONG


def make_celery(settings: Settings) -> Celery:
    """A Celery app that knows the broker and the delivery rules, and no task."""
    app = Celery("tremor", broker=settings.broker)
    app.conf.update(
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_default_queue=QUEUES[Lane.LONG],
        task_acks_late=True,
        # Not task_reject_on_worker_lost: it redelivers at once and forever a task that kills its worker.
        task_reject_on_worker_lost=False,
        task_retry_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=5,
        # A task that outlives the visibility timeout would be run a second time beside itself.
        broker_transport_options={
            "visibility_timeout": 2 * settings.wall_seconds + 600,
            "queue_order_strategy": "priority",
            "global_keyprefix": KEY_PREFIX,
            "socket_keepalive": True,
            "health_check_interval": 25,
        },
        task_publish_retry_policy={"max_retries": 2, "interval_start": 0.1, "interval_step": 0.3},
    )
    return app
