"""Take back what a line of a statement had become; the line is then nobody's again."""

from django.db import transaction
from django.utils.translation import gettext as _

from billing.ledger.services import account_states
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.errors import Stale
from payments.bank.models import StatementPart
from payments.bank.services import booking, other_owners, reversing


@transaction.atomic
def undo(*, part: StatementPart, act: Act[User | None]) -> None:
    """Undo one part of a line, with a reason; a payment that was made from it is reversed.

    Raises ReasonMissing, Stale when it was undone before, NotReversible when the payment cannot be
    reversed any more (a part of it was paid out).
    """
    act = trail.begin_with_reason(act=act)
    if part.customer_id is not None:
        account_states.lock([part.customer_id])
    if part.is_made and part.payment is not None:
        # Reversing lets the line go.
        reversing.reverse(payment=part.payment, act=act)
        return
    line = booking.lock(part.line_id)
    part = StatementPart.objects.select_for_update().get(pk=part.pk)
    if part.undone_at is not None:
        raise Stale(_("This has already been undone."))
    if part.seen_leaving.filter(undone_at__isnull=True).exists():
        raise Stale(_("The money has left our account: undo that line first."))
    if part.kind == StatementPart.Kind.PARTNER:
        other_owners.give_back(part, act=act)
        trail.begin(act=act)
    booking.take_back(part, line, act=act)
