"""The lock that every change of a customer begins with.

What is locked is about to change: the commit lets the pages that show these accounts know.
"""

from collections.abc import Iterable

from customers.models import Subscription
from ispbill.audit.services import trail
from ispbill.core import live, statements
from ispbill.core.acts import Act

_LOCK = """
    SELECT customer_id FROM customers_accountstate WHERE customer_id = ANY (%s::bigint[])
    ORDER BY customer_id FOR UPDATE
"""
_BEGIN = f"""
    WITH named AS MATERIALIZED (SELECT {trail.NAME})
    SELECT s.customer_id FROM named, customers_accountstate s
    WHERE s.customer_id = ANY (%s::bigint[]) ORDER BY s.customer_id FOR UPDATE OF s
"""  # noqa: S608 - composed from a constant


def lock(customer_ids: Iterable[int]) -> None:
    """Lock customers' accounts until the transaction ends: always the first lock, in order of id.

    Whoever changes a customer, a service or what they owe takes this lock before reading what the
    change rests on; the billing run takes it before it plans. So each sees all of the other's work
    or nothing of it, and nobody waits in a circle.
    """
    locked = list(customer_ids)
    statements.fetch(_LOCK, [locked])
    live.changed(accounts=locked)


def lock_service(subscription: Subscription) -> Subscription:
    """Lock the customer's account, then the service; return it with customer and package."""
    lock([subscription.customer_id])
    return (
        Subscription.objects.select_for_update(no_key=True, of=("self",))
        .select_related("customer", "package")
        .get(pk=subscription.pk)
    )


def begin(customer_ids: Iterable[int], *, act: Act) -> None:
    """Name who acts, when and why (`trail.begin`), and lock accounts, in one statement."""
    told = trail.names(act=Act(act.actor, act.at, reason=act.reason))
    locked = list(customer_ids)
    statements.fetch(_BEGIN, [*told, locked])
    live.changed(accounts=locked)
