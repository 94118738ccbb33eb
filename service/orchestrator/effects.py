"""What follows a transaction outside the database."""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession


@dataclass
class Effects:
    """Noted while a transaction goes on, carried out after its commit, forgotten when it is rolled back.

    `stopped`: ids of jobs and shards that workers are to stop. `revived`: jobs whose stop workers are to forget.
    `changed`: jobs of which those who wait are told. `dispatch`: there are shards to hand out.
    """

    stopped: set[str] = field(default_factory=set)
    revived: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    dispatch: bool = False


def effects(session: AsyncSession) -> Effects:
    """The effects of the session's transaction."""
    found: Effects = session.info.setdefault("effects", Effects())
    return found
