"""Contracts in every state: a draft, two to be signed, some in force, one declined."""

from datetime import datetime, time, timedelta

from contracts.models import Agreement, Contract
from contracts.services import agreements, drafting, running, sealing, signing
from contracts.services.signing import Hand, Origin
from contracts.views import starting
from customers.models import Customer, Subscription
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.devtools.demo import days
from ispbill.devtools.demo.ground import Ground
from ispbill.notifications.models import Message

# A signature of two strokes: x, y, milliseconds, pressure, in a square of a thousand.
HAND = [
    [[60 + step * 12, 420 - (step % 9) * 22, step * 14, 0.5] for step in range(36)],
    [[200 + step * 18, 520 + (step % 5) * 9, 600 + step * 12, 0.6] for step in range(24)],
]
# What became of each contract, and how many days ago it began.
STORIES = (
    ("DRAFT", 0),
    ("SENT", 1),
    ("SENT", 6),
    ("SIGNED", 40),
    ("SIGNED", 120),
    ("SIGNED", 337),  # its year is over in a month
    ("DECLINED", 9),
)


def show(*, base: Ground, now: datetime) -> None:
    """Draw contracts up for customers in good standing, and let some of them sign."""
    owner = base.staff["owner@demo.test"]
    began = now - timedelta(days=400)
    homes = _agreement("Home line, 12 months", Customer.Kind.RESIDENTIAL, act=Act(owner, began))
    _agreement("Business line, 12 months", Customer.Kind.BUSINESS, act=Act(owner, began))
    services = Subscription.objects.filter(
        status=Subscription.Status.ACTIVE,
        customer__kind=Customer.Kind.RESIDENTIAL,
        customer__archived_at=None,
    ).exclude(customer__phone="")
    for (story, ago), service in zip(STORIES, services.order_by("pk")[3:], strict=False):
        _tell(story, service, homes, Act(owner, _noon(now - timedelta(days=ago))))
    running.follow(act=Act(None, now))
    for contract in Contract.objects.filter(seal__state="REQUESTED"):
        sealing.seal(contract_id=contract.pk, at=now)


def _noon(at: datetime) -> datetime:
    local = at.astimezone(days.ZONE)
    return min(at, datetime.combine(local.date(), time(12), tzinfo=days.ZONE))


def _agreement(name: str, kind: str, *, act: Act[User]) -> Agreement:
    values = starting.values()
    values["fee_rate"] = values.pop("fee_percent") / 100
    made = agreements.create(name=name, kind=kind, values=values, act=act)
    return agreements.make_default(agreement=made, act=act)


def _tell(story: str, service: Subscription, agreement: Agreement, act: Act[User]) -> None:
    contract = drafting.draw_up(
        service=service, version=agreements.newest(agreement), starts_on=act.on, act=act
    )
    if story == "DRAFT":
        return
    contract = drafting.send(contract=contract, act=act)
    if story == "DECLINED":
        signing.decline(contract=contract, act=Act(None, act.at + timedelta(hours=3)))
    if story == "SIGNED":
        _sign(contract, act.at + timedelta(hours=5))


def _sign(contract: Contract, at: datetime) -> None:
    hand = Hand(
        name=contract.customer.name,
        consent="I have read the contract and agree to it.",
        consent_language="en",
        strokes=HAND,
    )
    row = signing.ask_code(contract=contract, hand=hand, ip="", act=Act(None, at))
    message = Message.objects.get(event="contract_code", dedup_key__contains=f":{row.pk}")
    signing.confirm(
        contract=contract,
        code=message.context["code"],
        origin=Origin("LINK", "203.0.113.7", "Android phone"),
        act=Act(None, at + timedelta(minutes=1)),
    )
