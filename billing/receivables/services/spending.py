"""Let a customer's credit pay what is open, wherever it came from."""

from billing.allocation.services import room
from billing.prepaid.services import renewal
from ispbill.core.acts import Act


def spend(*, customer_id: int, act: Act) -> None:
    """Let free credit pay open invoices, and prepaid time that is over.

    Called in the transaction that made the credit or wrote the bill, with the account locked.
    """
    room.spend(customer_id=customer_id, act=act)
    renewal.renew_due(customer_id=customer_id, act=act)
