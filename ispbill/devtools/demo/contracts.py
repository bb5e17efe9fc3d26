"""Contracts in every state: to be signed, in force, renewed, given notice of, ended, taken over."""

from datetime import date, datetime, time, timedelta

from billing.changes.rules.exit_fee import Cause
from billing.changes.services import termination
from contracts.models import Agreement, Contract
from contracts.services import agreements, drafting, objecting, renewal, running, sealing, signing
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
    ("OBJECTED", 325),  # its customer does not want it renewed
    ("RENEWED", 350),
    ("SIGNED", 380),  # goes on month by month
    ("TERMINATED", 210),
    ("HANDED_ON", 150),
    ("VOID", 3),
    ("SENT", 65),  # nobody has signed in time
)
EXPIRES = ("SIGNED", 200)  # of six months, after which the line is free of it


def show(*, base: Ground, now: datetime) -> None:
    """Draw contracts up for customers in good standing, and let some of them sign."""
    owner = base.staff["owner@demo.test"]
    act = Act(owner, now - timedelta(days=400))
    homes = _agreement("Home line, 12 months", Customer.Kind.RESIDENTIAL, act=act)
    agreements.make_default(agreement=homes, act=act)
    firms = _agreement("Business line, 12 months", Customer.Kind.BUSINESS, act=act)
    agreements.make_default(agreement=firms, act=act)
    brief = {"renewal": "NONE", "term_months": 6, "minimum_months": 6}
    students = _agreement("Student line, 6 months", Customer.Kind.RESIDENTIAL, act=act, **brief)
    services = Subscription.objects.filter(
        status=Subscription.Status.ACTIVE,
        customer__kind=Customer.Kind.RESIDENTIAL,
        customer__archived_at=None,
    ).exclude(customer__phone="")
    left = list(services.select_related("customer").order_by("pk")[3:])
    for (story, ago), agreement in [*((one, homes) for one in STORIES), (EXPIRES, students)]:
        began = Act(owner, _noon(now - timedelta(days=ago)))
        service = _take(left, since=began.on)
        if service is not None:
            _tell(story, service, agreement, began, now=now)
    _take_over(left, act=Act(owner, now))
    running.follow(act=Act(None, now))
    for contract in Contract.objects.filter(seal__state="REQUESTED"):
        sealing.seal(contract_id=contract.pk, at=now)


def _take(left: list[Subscription], *, since: date) -> Subscription | None:
    """Take a service out of those that are left, one in use since a day where there is any."""
    old = (one for one in left if one.activated_on is not None and one.activated_on <= since)
    found = next(old, left[0] if left else None)
    if found is not None:
        left.remove(found)
    return found


def _noon(at: datetime) -> datetime:
    local = at.astimezone(days.ZONE)
    return min(at, datetime.combine(local.date(), time(12), tzinfo=days.ZONE))


def _agreement(name: str, kind: str, *, act: Act[User], **terms: object) -> Agreement:
    values = starting.values()
    values["fee_rate"] = values.pop("fee_percent") / 100
    return agreements.create(name=name, kind=kind, values={**values, **terms}, act=act)


def _tell(
    story: str, service: Subscription, agreement: Agreement, act: Act[User], *, now: datetime
) -> None:
    contract = drafting.draw_up(
        service=service, version=agreements.newest(agreement), starts_on=act.on, act=act
    )
    if story == "DRAFT":
        return
    contract = drafting.send(contract=contract, act=act)
    if story == "DECLINED":
        signing.decline(contract=contract, act=Act(None, act.at + timedelta(hours=3)))
    elif story == "VOID":
        why = "The price on it was of another package"
        drafting.void(
            contract=contract, act=Act(act.actor, act.at + timedelta(hours=2), reason=why)
        )
    elif story != "SENT":
        _sign(contract, act.at + timedelta(hours=5))
        _go_on(story, contract, Act(act.actor, now))


def _go_on(story: str, contract: Contract, act: Act[User]) -> None:
    """Let what is signed be renewed or come to an end."""
    service = contract.subscription
    if story == "OBJECTED":
        why = "A letter: moves to the village"
        objecting.object_to_renewal(contract=contract, act=act.because(why))
    elif story == "RENEWED":
        renewal.renew(contract=contract, act=act.because("Asked for another year by phone"))
    elif story == "TERMINATED":
        why = "Leaves before the minimum term is over"
        termination.terminate(subscription=service, on=act.on, act=act.because(why))
    elif story == "HANDED_ON":
        why = "The neighbour takes the contract over"
        termination.terminate(
            subscription=service, on=act.on, act=act.because(why), cause=Cause.MUTUAL
        )


def _take_over(left: list[Subscription], *, act: Act[User]) -> None:
    """Let another customer sign the rest of the contract that was handed on."""
    old = Contract.objects.filter(cause=Contract.Cause.MUTUAL).order_by("pk").first()
    if old is None or not left:
        return
    contract = drafting.draw_up(
        service=left.pop(0), version=old.version, starts_on=act.on, act=act, rest_of=old
    )
    _sign(drafting.send(contract=contract, act=act), act.at)


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
