"""Ask who had an address: answered from the books, and itself written into them."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from network.addresses.models import AddressTrace
from network.addresses.queries import tracing
from network.addresses.queries.tracing import Candidate
from network.services import desired_states


@dataclass(frozen=True)
class Question:
    """Which address, at which moment (UTC), for which case; the port where a CGNAT is before it."""

    case_number: str
    address: str
    moment: datetime
    port: int | None = None


@transaction.atomic
def ask(question: Question, *, act: Act) -> list[Candidate]:
    """Return everybody it may have been; who asked for which case is kept. Raises ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    found = tracing.who(address=question.address, moment=question.moment, port=question.port)
    trace = AddressTrace.objects.create(
        at=act.at,
        by_name=desired_states.name_of(act.actor),
        case_number=question.case_number,
        address=question.address,
        port=question.port,
        moment=question.moment,
        found=len(found),
        reason=act.reason,
    )
    events.record(
        act=act,
        action="ip_address.traced",
        target=trace,
        after={
            "case": question.case_number,
            "address": question.address,
            "moment": question.moment.isoformat(),
            "found": len(found),
        },
    )
    return found
