"""The third lock: portal requests run as a database role that sees its own customers' rows only.

Inside `as_portal` the transaction's role is the portal role and the row-level policies compare
`customer_id` with the ids given here. Role and ids are local to the transaction, so neither the
connection pool nor a Celery worker can carry them over to somebody else's work.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction

from ispbill.core import statements


@dataclass(frozen=True)
class Partner:
    """The customers of a reseller, found by the database; in some areas alone if any are named.

    `ids` are the same customers for the view's own conditions: asked when they are needed, not
    carried along. Who `only_looks` changes nothing; who `only_collects` takes money
    and changes nothing else.
    """

    reseller_id: int
    ids: Iterable[int]
    area_ids: tuple[int, ...] | None = None
    only_looks: bool = False
    only_collects: bool = False


@contextmanager
def as_portal(reach: Iterable[int] | Partner) -> Iterator[None]:
    """Run a block as the portal role, limited to the rows of these customers.

    Opens its own transaction and refuses to be nested in another one: a savepoint would inherit
    the outer transaction's role (see docs/architecture.md, "Three locks").
    """
    is_nested = connection.in_atomic_block
    if is_nested and not _is_test_transaction():
        raise RuntimeError("as_portal opens its own transaction")
    with transaction.atomic():
        _set(*_settings(reach), settings.PORTAL_ROLE)
        yield
        # The transaction's end undoes role and ids; only a test's own transaction lives on. After
        # an error the rollback does, and asking for it here would hide the error.
        if is_nested and not connection.needs_rollback:
            _set("", "", "", "none")


def _settings(reach: Iterable[int] | Partner) -> tuple[str, str, str]:
    """Return what the policies read: ids, a reseller, and its areas."""
    if not isinstance(reach, Partner):
        return _array(reach), "", ""
    if reach.area_ids is None:
        return "", str(int(reach.reseller_id)), ""
    if not reach.area_ids:  # somebody of no area sees nobody
        return _array([]), "", ""
    return "", str(int(reach.reseller_id)), _array(reach.area_ids)


def _array(ids: Iterable[int]) -> str:
    return "{" + ",".join(str(int(pk)) for pk in ids) + "}"


def _set(customer_ids: str, partner: str, areas: str, role: str) -> None:
    statements.run(
        "SELECT set_config('app.customer_ids', %s, true), set_config('app.partner', %s, true),"
        " set_config('app.partner_areas', %s, true), set_config('role', %s, true)",
        [customer_ids, partner, areas, role],
    )


@contextmanager
def as_house() -> Iterator[None]:
    """Let a portal view call one service that writes, as the role of the house.

    The portal role may only read. What is written is the service's own decision about an account
    the view has found through the portal's policies; nothing else belongs into the block. Outside
    `as_portal` it changes nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role', true)")
        is_portal = cursor.fetchone()[0] == settings.PORTAL_ROLE
        if is_portal:
            cursor.execute("SELECT set_config('role', 'none', true)")
    try:
        yield
    finally:
        # After an error of the database the transaction is over, and the role with it.
        if is_portal and not connection.needs_rollback:
            statements.run("SELECT set_config('role', %s, true)", [settings.PORTAL_ROLE])


def _is_test_transaction() -> bool:
    """Django's TestCase wraps each test in a transaction; it marks its own atomics."""
    return any(getattr(atomic, "_from_testcase", False) for atomic in connection.atomic_blocks)
