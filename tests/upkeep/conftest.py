"""A company with a history, a place for copies, and installations beside ours."""

import os
from contextlib import contextmanager
from io import StringIO

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections

from ispbill.core import restored
from ispbill.core.models import Company
from ispbill.upkeep.gateways import postgres


@pytest.fixture
def company(transactional_db):
    """The fixture company: six customers, bills, payments, lines."""
    call_command("seed_demo", "--profile", "e2e", "--reset", stdout=StringIO(), stderr=StringIO())


@pytest.fixture
def copies(settings, tmp_path):
    """A place for copies, and files of the company's own."""
    settings.BACKUP_DIR = tmp_path / "copies"
    settings.MEDIA_ROOT = tmp_path / "media"
    (settings.MEDIA_ROOT / "papers").mkdir(parents=True)
    (settings.MEDIA_ROOT / "papers" / "a.pdf").write_bytes(b"%PDF-1.7 a paper" * 5000)
    return settings.BACKUP_DIR


@contextmanager
def used(database):
    """Let our own connections lead to another database for a block."""
    names = {}
    for alias in ("default", "owner"):
        connections[alias].close()
        names[alias] = connections[alias].settings_dict["NAME"]
        for known in (django_settings.DATABASES[alias], connections[alias].settings_dict):
            known["NAME"] = database.name
    _forget()
    try:
        yield
    finally:
        for alias, name in names.items():
            connections[alias].close()
            for known in (django_settings.DATABASES[alias], connections[alias].settings_dict):
                known["NAME"] = name
        _forget()
        restored.forget(is_open=True)


def _forget():
    cache.clear()
    Company.forget_cached()
    restored.forget()


@pytest.fixture
def elsewhere(tmp_path, settings, copies):
    """An empty installation with files of its own; use it with `used`."""
    owner = postgres.of_alias("owner")
    name = f"{owner.name}_elsewhere_{os.getpid()}"
    with postgres.throw_away(owner, name=name) as database:
        yield database
        for alias in ("default", "owner"):
            connections[alias].close()
