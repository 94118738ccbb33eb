"""What a database's error means for whoever asked."""

import sqlite3

from sqlalchemy.exc import DBAPIError

#: SQLSTATE of PostgreSQL: disk full, out of resources, file error, read-only transaction.
_STATES = {"53100": "its disk is full", "58030": "its disk fails", "25006": "it is read-only"}
_CODES = {
    sqlite3.SQLITE_FULL: "its disk is full",
    sqlite3.SQLITE_READONLY: "it is read-only",
    sqlite3.SQLITE_IOERR: "its disk fails",
    sqlite3.SQLITE_CANTOPEN: "its file cannot be opened",
}


def why_unwritable(error: DBAPIError) -> str | None:
    """Why the database does not store anything at present; None when the error says nothing of that kind."""
    if isinstance(error.orig, sqlite3.Error):
        # The lower byte is the kind, the upper ones are details.
        return _CODES.get(getattr(error.orig, "sqlite_errorcode", 0) & 0xFF)
    return _STATES.get(str(getattr(error.orig, "sqlstate", "")))
