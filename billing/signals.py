"""Facts other apps may act on; receivers only queue tasks.

The two about credit are the exception (docs/adr/0010-credit-notes.md): they are sent inside the
transaction of the credit, and what the receiver refuses undoes it. So is the one about prepaid time
(docs/adr/0015-prepaid.md), the question who is paying at this moment, and what becomes of a deposit
when a service ends (docs/adr/0030-what-was-left-of-billing.md).
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.dispatch import Signal

invoices_issued = Signal()  # run_id: the billing run that has just committed some invoices
# invoice_id, amount, at, actor: let go of this much of what is paid on it, newest payments first
invoice_needs_room = Signal()
# customer_id, at, actor: money let go of may pay other invoices now
invoice_credited = Signal()

# Sent inside the transaction that put a prepaid service into use or gave it back: whoever keeps the
# customers' money renews it at once, or closes it again when there is not enough.
prepaid_time_wanted = Signal()  # customer_id, at, actor

# customer_ids: a list; on: a company date. A question to who handles money above billing: each
# receiver returns the ids among them with a payment that was started and has not ended. Reads only.
payments_under_way = Signal()

# customer_id. A question to who keeps deposits above billing: a `Lodged`, or nothing. Reads only.
deposit_asked = Signal()
# Sent inside the transaction of a service's end, after its last bill: customer_id, service_id,
# wish, reason, on (the books' company date), at, actor. What is refused undoes the end.
deposit_to_settle = Signal()


def who_is_paying(customer_ids: Iterable[int], *, on: date) -> frozenset[int]:
    """Return those of the customers whose payment is under way: they are not cut off meanwhile."""
    ids = list(customer_ids)
    if not ids:
        return frozenset()
    answers: list[Any] = payments_under_way.send(sender=None, customer_ids=ids, on=on)
    return frozenset(pk for _receiver, found in answers for pk in found)
