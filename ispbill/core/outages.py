"""What of the machine is away when an error says so: the database, room, the right to write.

One place decides it; the page, the log line and `/readyz` say the same word.
"""

import errno
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Outage:
    """What is away; `said` is for the person who is waiting, `retry_seconds` for their machine."""

    name: str
    said: Promise
    retry_seconds: int


DATABASE_AWAY = Outage(
    "database away",
    _("The database cannot be reached. Nothing was changed; please try again in a moment."),
    10,
)
DISK_FULL = Outage(
    "disk full",
    _("The server has no room left to write. Nothing was changed; the company has to make room."),
    60,
)
READ_ONLY = Outage(
    "read-only",
    _("The server can only be read from at the moment. Nothing was changed; please try again."),
    30,
)

# PostgreSQL, appendix A. Class 08 is the connection; 57P01–57P05 a server that stops or starts;
# 53300 no connection left.
_AWAY = {"57P01", "57P02", "57P03", "57P05", "53300"}
_BY_STATE = {"53100": DISK_FULL, "25006": READ_ONLY}
_BY_ERRNO = {errno.ENOSPC: DISK_FULL, errno.EDQUOT: DISK_FULL, errno.EROFS: READ_ONLY}


def of(error: BaseException | None) -> Outage | None:
    """Return what an error says is away; None for every other error."""
    if isinstance(error, InterfaceError):  # "the connection is closed"
        return DATABASE_AWAY
    if isinstance(error, DatabaseError):
        state = getattr(error.__cause__, "sqlstate", None)
        if state is None:
            # psycopg's operational errors without a state come from its own side of the line.
            is_line = type(error.__cause__).__name__ in _LINE_ERRORS
            return DATABASE_AWAY if is_line else None
        if state in _AWAY or state.startswith("08"):
            return DATABASE_AWAY
        return _BY_STATE.get(state)
    if isinstance(error, OSError) and error.errno is not None:
        return _BY_ERRNO.get(error.errno)
    return None


_LINE_ERRORS = {"OperationalError", "ConnectionTimeout", "PoolTimeout", "PoolClosed"}
