"""Remember that a receipt was printed, so that the next print says it is a copy."""

from django.db import transaction

from billing.allocation.models import Payment
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act


@transaction.atomic
def note_print(*, payment: Payment, paper: str, act: Act[User]) -> None:
    """Write down who printed a receipt, and on what."""
    trail.begin(act=act)
    events.record(
        act=act,
        action="receipt.printed",
        target=payment,
        label=payment.receipt_number or "",
        after={"paper": paper},
    )
