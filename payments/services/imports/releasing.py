"""A payment was taken back: the line of a statement it came from is nobody's again."""

from datetime import datetime

from ispbill.core.actors import Actor
from payments.models import Payment, StatementPart
from payments.services.imports import booking


def let_go(*, payment: Payment, reason: str, at: datetime, actor: Actor | None) -> None:
    """Free the line a reversed payment was matched to (part of the reversal)."""
    part = StatementPart.objects.filter(payment=payment, undone_at__isnull=True).first()
    if part is None:
        return
    line = booking.lock(part.line_id)
    part.refresh_from_db(fields=["undone_at"])
    if part.undone_at is None:
        booking.take_back(part, line, reason=reason, at=at, actor=actor)
