"""What goes wrong in the middle of a change: the worker is shot, or the database hangs up.

A machine says what shall go wrong next; the next change it makes through `do` is broken off at the
statement named, and asked for again as somebody would who got no answer. Whether it then was done
already, is done now, or is refused, the books must be the same as if nothing had happened.
"""

from django.db import InterfaceError, OperationalError, connection
from django.db.models import Model

from tests import database

KINDS = ("shot", "hung up")
broken_off = dict.fromkeys(KINDS, 0)
"""How many changes of this process were broken off, and asked for again."""


class Shot(BaseException):
    """The worker is gone: nothing of ours may catch it."""


class Trouble:
    """Breaks off the next change at one of its statements, when it was told to."""

    def __init__(self):
        self._next = None

    def comes(self, kind, statement):
        """Let the next change be broken off before its nth statement, if it has so many."""
        self._next = (kind, statement)

    def do(self, change, /, **values):
        """Make a change, whatever comes between; return what the last try of it returned."""
        if self._next is None:
            return change(**values)
        kind, statement = self._next
        self._next = None
        try:
            with connection.execute_wrapper(_Breaking(kind, statement)):
                return change(**values)
        except Shot:
            pass
        except (OperationalError, InterfaceError):
            assert kind == "hung up"
            connection.close()
        broken_off[kind] += 1
        return change(**{name: _fresh(value) for name, value in values.items()})


class _Breaking:
    def __init__(self, kind, statement):
        self._kind, self._left = kind, statement

    def __call__(self, execute, sql, params, many, context):
        self._left -= 1
        if self._left == 0:
            if self._kind == "shot":
                raise Shot
            _hang_up()
        return execute(sql, params, many, context)


def _hang_up():
    pid = connection.connection.info.backend_pid
    with database.app_connection(autocommit=True) as rival:
        rival.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def _fresh(value):
    """Read a row again, as whoever asks once more does: the first try may have changed it here."""
    if isinstance(value, Model):
        return type(value)._default_manager.get(pk=value.pk)
    return value
