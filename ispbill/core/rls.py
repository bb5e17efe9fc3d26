"""The third lock: portal requests run as a database role that sees its own customers' rows only.

Inside `as_portal` the transaction's role is the portal role and the row-level policies compare
`customer_id` with the ids given here. Role and ids are local to the transaction, so neither the
connection pool nor a Celery worker can carry them over to somebody else's work.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction


@contextmanager
def as_portal(customer_ids: Iterable[int]) -> Iterator[None]:
    """Run a block as the portal role, limited to the rows of these customers.

    Opens its own transaction and refuses to be nested in another one: a savepoint would inherit
    the outer transaction's role (see docs/architecture.md, "Three locks").
    """
    is_nested = connection.in_atomic_block
    if is_nested and not _is_test_transaction():
        raise RuntimeError("as_portal opens its own transaction")
    ids = "{" + ",".join(str(int(pk)) for pk in customer_ids) + "}"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('app.customer_ids', %s, true), set_config('role', %s, true)",
                [ids, settings.PORTAL_ROLE],
            )
        yield
        # The transaction's end undoes role and ids; only a test's own transaction lives on. After
        # an error the rollback does, and asking for it here would hide the error.
        if is_nested and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('role', 'none', true),"
                    " set_config('app.customer_ids', '', true)"
                )


def _is_test_transaction() -> bool:
    """Django's TestCase wraps each test in a transaction; it marks its own atomics."""
    return any(getattr(atomic, "_from_testcase", False) for atomic in connection.atomic_blocks)
