"""Remember that a receipt was printed, so that the next print says it is a copy."""

from datetime import datetime

from django.db import transaction

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from payments.models import Payment


@transaction.atomic
def note_print(*, payment: Payment, paper: str, actor: User, at: datetime) -> None:
    """Write down who printed a receipt, and on what."""
    trail.begin(actor=actor, at=at)
    events.record(
        at=at,
        actor=actor,
        action="receipt.printed",
        target=payment,
        label=payment.receipt_number or "",
        customer_id=payment.customer_id,
        branch_id=payment.branch_id,
        after={"paper": paper},
    )
