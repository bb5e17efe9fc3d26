"""A new database in seconds: Django reckons far less of the models' history while it migrates.

Whenever a migration adds a constraint, an index or a model, Django makes every model anew that is
related to it, and here all are related: 25,000 classes for one empty database. What is written to
the database needs the one model alone. Code that a migration runs sees models made afresh.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.db.migrations.state import ProjectState


def _itself(
    self: ProjectState, app_label: str, model_name: str, delay: bool = False
) -> set[tuple[str, str]]:
    cast(Any, self).is_delayed = True  # code that a migration runs has them made anew first
    return {(app_label, model_name.lower())}


@contextmanager
def quick() -> Iterator[None]:
    """Let `migrate` be quick within the block; for databases that are empty."""
    state: Any = ProjectState  # the method is Django's own affair; a full proof compares both ways
    usual = state._find_reload_model
    state._find_reload_model = _itself
    try:
        yield
    finally:
        state._find_reload_model = usual
