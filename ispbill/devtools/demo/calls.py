"""Calls of the last weeks: with customers and leads, and a few who are to be called again."""

from datetime import datetime, timedelta
from random import Random

from customers.models import Call, Customer, Lead
from customers.services import calls
from customers.services.calls import Talk
from ispbill.core.acts import Act
from ispbill.devtools.demo.ground import Ground

MANY, OPEN = 60, 6
_SAID = {
    Call.Outcome.SPOKE: ("Pays on Friday.", "Wants the 50 Mbps package.", "All is well again."),
    Call.Outcome.NO_ANSWER: ("",),
    Call.Outcome.BUSY: ("",),
    Call.Outcome.LEFT_MESSAGE: ("Told the son to call us.",),
    Call.Outcome.WRONG_NUMBER: ("A shop in Sylhet.",),
}
_WHO = ("support@demo.test", "sales@demo.test", "billing@demo.test", "support@demo.test")


def make(*, base: Ground, seed: int, now: datetime) -> None:
    """Write the same calls for the same seed."""
    rng = Random(f"{seed} calls")
    people = list(Customer.objects.filter(archived_at=None).order_by("pk")[:MANY])
    leads = list(Lead.objects.filter(customer=None).order_by("pk")[: MANY // 4])
    moments = sorted(
        (now - timedelta(days=rng.randrange(1, 28))).replace(
            hour=rng.randrange(4, 12),
            minute=rng.randrange(60),  # ten to six in Dhaka
        )
        for _ in range(MANY)
    )
    for place, at in enumerate(moments):
        person = base.staff[_WHO[place % len(_WHO)]]
        outcome = rng.choices(list(_SAID), [6, 3, 1, 2, 1])[0]
        talk = Talk(
            outcome=outcome,
            direction=Call.Direction.IN if rng.random() < 0.3 else Call.Direction.OUT,
            text=rng.choice(_SAID[outcome]),
            seconds=rng.randrange(20, 600) if outcome == Call.Outcome.SPOKE else None,
        )
        if place % 5 == 4 and leads:
            calls.log(talk=talk, act=Act(person, at), lead=rng.choice(leads))
        elif people:
            calls.log(talk=talk, act=Act(person, at), customer=rng.choice(people))
    for place, customer in enumerate(people[-OPEN:]):
        person = base.staff[_WHO[place % len(_WHO)]]
        talk = Talk(
            outcome=Call.Outcome.CALL_BACK,
            text="At work. Asks us to call in the evening.",
            follow_up_at=now + timedelta(hours=4 * (place - 3), minutes=30),
        )
        calls.log(talk=talk, act=Act(person, now - timedelta(hours=26)), customer=customer)
