"""Take back what a line of a statement had become; the line is then nobody's again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from billing.services import standings
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.errors import Stale
from payments.models import StatementPart
from payments.services import reversal
from payments.services.imports import booking


@transaction.atomic
def undo(*, part: StatementPart, reason: str, at: datetime, actor: User | None) -> None:
    """Undo one part of a line, with a reason; a payment that was made from it is reversed.

    Raises ReasonMissing, Stale when it was undone before, NotReversible when the payment cannot be
    taken back any more (a part of it was paid out).
    """
    reason = trail.required_reason(reason)
    trail.begin(actor=actor, at=at, reason=reason)
    if part.customer_id is not None:
        standings.lock([part.customer_id])
    if part.is_made and part.payment is not None:
        # Reversing lets the line go (payments.services.imports.releasing).
        reversal.reverse(payment=part.payment, reason=reason, actor=actor, at=at)
        return
    line = booking.lock(part.line_id)
    part = StatementPart.objects.select_for_update().get(pk=part.pk)
    if part.undone_at is not None:
        raise Stale(_("This has already been undone."))
    if part.seen_leaving.filter(undone_at__isnull=True).exists():
        raise Stale(_("The money has left our account: undo that line first."))
    booking.take_back(part, line, reason=reason, at=at, actor=actor)
