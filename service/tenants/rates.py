"""Rate limits: a token bucket a client, kept in the broker so that it holds over every process of the service."""

import math
import time
from collections import OrderedDict
from dataclasses import dataclass

import redis.asyncio
from redis.exceptions import RedisError

#: Clients whose budget this process remembers itself; the one longest unseen is forgotten first.
_MAX_CLIENTS = 10_000
_WINDOW_SECONDS = 60

#: Takes a token of KEYS[1], a bucket of ARGV[1] tokens that fills within ARGV[2] seconds, by the broker's own clock.
#: Returns what is left; below 0 there was none to take.
_TAKE = """
local full, seconds = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1e6
local known = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(known[1]) or full, tonumber(known[2]) or now
tokens = math.min(full, tokens + math.max(0, now - at) * full / seconds) - 1
redis.call('HSET', KEYS[1], 'tokens', string.format('%.9f', math.max(tokens, tokens < 0 and tokens + 1 or 0)),
  'at', string.format('%.6f', now))
redis.call('EXPIRE', KEYS[1], math.ceil(seconds) + 1)
return string.format('%.9f', tokens)
"""


@dataclass(frozen=True)
class Budget:
    """What is left of a client's `quota` requests a minute after it has asked for one more; below 0: it gets none."""

    quota: int
    left: float

    @property
    def is_spent(self) -> bool:
        """Whether the request is one too many."""
        return self.left < 0

    @property
    def wait(self) -> int:
        """Whole seconds until there is a token; 0 where there was one."""
        return math.ceil(-self.left * _WINDOW_SECONDS / self.quota) if self.is_spent else 0

    def headers(self) -> list[tuple[bytes, bytes]]:
        """What is left, and when all is again (draft-ietf-httpapi-ratelimit-headers-10)."""
        left = max(0.0, self.left)
        full_in = math.ceil((self.quota - left) * _WINDOW_SECONDS / self.quota)
        return [
            (b"ratelimit-policy", f'"requests";q={self.quota};w={_WINDOW_SECONDS}'.encode()),
            (b"ratelimit", f'"requests";r={int(left)};t={full_in}'.encode()),
        ]


class Buckets:
    """The same in this process alone, for while the broker is away."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str, quota: int, now: float) -> float:
        """Take a token; returns what is left, below 0 when there was none."""
        tokens, seen = self._buckets.pop(client, (float(quota), now))
        left = min(quota, tokens + (now - seen) * quota / _WINDOW_SECONDS) - 1
        self._buckets[client] = (left + 1 if left < 0 else left, now)
        if len(self._buckets) > _MAX_CLIENTS:
            self._buckets.popitem(last=False)
        return left


class Rates:
    """The budgets of all clients."""

    def __init__(self) -> None:
        self._own = Buckets()

    async def take(self, broker: redis.asyncio.Redis, client: str, quota: int) -> Budget:
        """Take one of the `quota` requests a minute that a client has, evenly given back."""
        try:
            left = float(await broker.eval(_TAKE, 1, f"tremor:rate:{client}", quota, _WINDOW_SECONDS))
        except (RedisError, OSError):
            left = self._own.take(client, quota, time.monotonic())
        return Budget(quota, left)
