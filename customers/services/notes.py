"""Remarks of staff on a customer's timeline."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Customer, CustomerNote
from customers.services import calls
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import live
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

MAX_LENGTH = 4000


class NoteRefused(DomainError):
    """A note says something, and no more than a page."""


@transaction.atomic
def add(
    *, customer: Customer, text: str, author: User, at: datetime, is_pinned: bool = False
) -> CustomerNote:
    """Add a remark. Raises NoteRefused when it is empty or too long."""
    text = text.strip()
    if not text:
        raise NoteRefused(_("Write something before saving the note."))
    if len(text) > MAX_LENGTH:
        raise NoteRefused(_("A note may have at most 4,000 characters."))
    trail.begin(act=Act(author, at))
    live.changed(accounts=[customer.pk])
    calls.noted(customer=customer, at=at)
    return CustomerNote.objects.create(
        customer=customer, at=at, author=author, text=text, is_pinned=is_pinned
    )


@transaction.atomic
def pin(*, note: CustomerNote, is_pinned: bool, act: Act[User]) -> CustomerNote:
    """Keep a remark on top of the timeline, or let it go back to its place."""
    trail.begin(act=act)
    note = CustomerNote.objects.select_for_update().select_related("customer").get(pk=note.pk)
    if note.is_pinned != is_pinned:
        note.is_pinned = is_pinned
        note.save(update_fields=["is_pinned"])
        events.record(
            act=act,
            action="note.pinned" if is_pinned else "note.unpinned",
            target=note,
            branch_id=note.customer.branch_id,
        )
    return note
