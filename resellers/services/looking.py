"""Staff look at the portal of a reseller as the reseller sees it: noted, with why."""

from django.db import transaction

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from resellers.models import Reseller


@transaction.atomic
def note(*, reseller: Reseller, act: Act[User]) -> None:
    """Write down who looks as whom. Raises ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    events.record(act=act, action="reseller.viewed_as", target=reseller)
