"""A process of its own for what is to be killed: a fork of this one, which need not start anew."""

import os
import time
import traceback
from collections.abc import Callable

from django.db import connection, connections

KILLED = 137


def forked(work: Callable[[], object], *, fault: str = "", seconds: float = 120) -> int:
    """Do the work in a fork, with connections of its own; return what the process ended with.

    `fault` names the point at which it dies, without any clean-up (`ispbill.core.faults`).
    """
    child = os.fork()
    if child == 0:
        _do(work, fault)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            _until_the_server_knows(child)
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(child, 9)
    os.waitpid(child, 0)
    raise AssertionError(f"the fork was still at it after {seconds} s")


def _do(work: Callable[[], object], fault: str) -> None:
    """The child: it never returns into the tests of its parent."""
    code = 1
    try:
        # Our parent's sessions are not ours to use or to close.
        theirs = [
            (wrapper, wrapper.connection) for wrapper in connections.all(initialized_only=True)
        ]
        for wrapper, _connection in theirs:
            wrapper.connection = None
        for wrapper in connections.all():
            wrapper.settings_dict["OPTIONS"]["application_name"] = _name(os.getpid())
        os.environ["ISPBILL_FAULT"] = fault
        work()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _name(child: int) -> str:
    return f"ispbill-fork-{child}"


def _until_the_server_knows(child: int, seconds: float = 30) -> None:
    """Wait until the sessions of a process that is gone are gone too, and their locks with them.

    A closed socket is no end of a session yet: on a busy machine the server notices a little
    later, and whoever asks for the lock in between is told that the dead one still holds it.
    """
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM pg_stat_activity WHERE application_name = %s", [_name(child)]
            )
            if cursor.fetchone() is None:
                return
        time.sleep(0.01)
    raise AssertionError(f"the sessions of the fork {child} were still there after {seconds} s")


def shot(work: Callable[[], object], *, when: Callable[[], bool], seconds: float = 600) -> bool:
    """Do the work in a fork and shoot it (SIGKILL) as soon as `when` says so; True if it died."""
    child = os.fork()
    if child == 0:
        _do(work, "")
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and not when():
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            if os.waitstatus_to_exitcode(status):
                raise AssertionError("the fork failed by itself")
            return False
        time.sleep(0.002)
    os.kill(child, 9)
    _child, status = os.waitpid(child, 0)
    _until_the_server_knows(child)
    return os.WIFSIGNALED(status)
