"""What else knows the old company: the simulators, the files, the tasks that wait for a worker.

Ports, keys and passwords stay: they are where the simulators are, not what they were told.
"""

import contextlib
import shutil
from pathlib import Path

from celery import current_app
from django.conf import settings
from kombu import Queue

from ispbill.core import clock
from ispbill.core.cache import UNREACHABLE
from ispbill.devtools.sandbox import config
from ispbill.devtools.sandbox.gateways.client import Desk
from ispbill.devtools.sandbox.gateways.store import Store as Sessions
from ispbill.devtools.sandbox.messages.client import Inbox
from ispbill.devtools.sandbox.messages.store import Store as Messages
from ispbill.devtools.sandbox.netcash.client import Control as Netcash
from ispbill.devtools.sandbox.netcash.world import World
from ispbill.devtools.sandbox.owners_call import NotRunning
from ispbill.devtools.sandbox.routeros.control import Control, ControlError


def forget() -> None:
    """Empty every simulator, running or not: messages, checkouts, mandates, routers' users."""
    directory: Path = settings.SANDBOX_DIR
    try:
        Inbox(directory).clear()
    except NotRunning:
        with contextlib.closing(Messages(directory)) as messages:
            messages.clear()
    try:
        Desk(directory).clear()
        Desk(directory).clear_faults()
    except NotRunning:
        with contextlib.closing(Sessions(directory)) as sessions:
            sessions.clear()
    try:
        Netcash(directory).clear()
    except NotRunning:
        World(directory, today=clock.today).clear()
    routers = Control(str(config.routers_control(directory)))
    try:
        for router in routers.routers():
            routers.factory_reset(router["name"])
    except ControlError:
        shutil.rmtree(config.routers_state(directory), ignore_errors=True)


def remove_files() -> None:
    """Remove documents, exports and pictures of the old company."""
    for made in Path(settings.MEDIA_ROOT).glob("*"):
        if made.is_dir():
            shutil.rmtree(made)
        else:
            made.unlink()


def drop_tasks() -> None:
    """Drop the tasks that wait for a worker: they name rows by numbers that come again."""
    routes = settings.CELERY_TASK_ROUTES.values()
    queues = {settings.CELERY_TASK_DEFAULT_QUEUE, *(route["queue"] for route in routes)}
    with (
        contextlib.suppress(*current_app.connection_for_write().connection_errors, *UNREACHABLE),
        current_app.connection_for_write() as broker,
    ):
        for queue in sorted(queues):
            Queue(queue, channel=broker.default_channel).purge()
