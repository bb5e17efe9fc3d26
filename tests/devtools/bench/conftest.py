"""A migrated database to copy, for benches that would otherwise migrate one."""

from collections.abc import Iterator
from typing import Any

import pytest

from ispbill.devtools.bench import scratch
from tests import database


@pytest.fixture(scope="module")
def ground(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The migrated database of the suite, to be copied instead of migrated anew."""
    with django_db_blocker.unblock():
        scratch.ground = database.ground()
        yield scratch.ground
        scratch.ground = None
