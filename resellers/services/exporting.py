"""What a reseller took out of the system, for the trail."""

from django.db import transaction

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from resellers.models import Reseller


@transaction.atomic
def note(*, reseller: Reseller, rows: int, act: Act[User]) -> None:
    """Write down that so many own customers were exported."""
    trail.begin(act=act)
    events.record(act=act, action="reseller.list_exported", target=reseller, after={"rows": rows})
