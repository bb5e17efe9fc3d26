"""A worker that dies between any two steps of what it does.

A step is a statement to the database, the beginning of a commit, its end, a call of a gateway, its
answer. Dead is dead: the connection is gone, nothing of what should have come after the commit
happens. Or the database hangs up, and our own code sees an error at that step.
"""

import contextlib

from django.db import InterfaceError, OperationalError, connection

from payments.online.gateways import http
from tests import database


class Killed(BaseException):
    """The worker is gone: nothing of ours may catch it."""


class Breaking:
    """Within the block the worker is killed, or the database hangs up, at the nth step."""

    def __init__(self, step, *, hangs_up=False):
        self._left, self._hangs_up = step, hangs_up
        self.where = ""  # where it was broken off, "" when there were fewer steps

    def __enter__(self):
        self._call, self._commit = http.call, connection.commit
        self._stack = contextlib.ExitStack()
        self._stack.enter_context(connection.execute_wrapper(self._statement))
        http.call, connection.commit = self._calls, self._commits
        return self

    def __exit__(self, kind, error, _trace):
        http.call = self._call
        del connection.commit
        self._stack.close()
        if not self.where:
            return False
        connection.close()
        return kind is not None and issubclass(kind, Killed | OperationalError | InterfaceError)

    def _statement(self, execute, sql, params, many, context):
        self._step("statement")
        return execute(sql, params, many, context)

    def _commits(self):
        self._step("commit")
        self._commit()
        self._step("committed")

    def _calls(self, *args, **values):
        self._step("call")
        answer = self._call(*args, **values)
        self._step("answer")
        return answer

    def _step(self, where):
        self._left -= 1
        if self._left:
            return
        self.where = where
        if self._hangs_up and where in ("statement", "commit"):
            _hang_up()
        else:
            connection.close()  # what waits for the commit is forgotten with it
            raise Killed


def _hang_up():
    pid = connection.connection.info.backend_pid
    with database.app_connection(autocommit=True) as rival:
        rival.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
