"""Orders in every state, made with the services the pages call: some came by an invitation."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from billing.allocation.models import Payment
from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked
from customers.models import AccountState, Area, Customer, Package
from customers.queries import offers
from customers.services import areas, referrals
from customers.services.areas import Place
from fieldservice.services import completion, evidence, journey, orders
from fieldservice.services.evidence import Signed
from fieldservice.services.orders import Slot
from ispbill.core.acts import Act
from ispbill.devtools.demo import days
from ispbill.devtools.demo.ground import Ground
from ispbill.devtools.demo.names import FIRST_NAMES, LAST_NAMES
from payments.referrals.services import referral_rewards
from signup.models import Order
from signup.services import acceptance, closing, drafts, following, submitting
from signup.services.drafts import Person, Spot

PIN_NOWHERE = (Decimal("23.700000"), Decimal("90.550000"))
# How far each order has come, and how many days ago it came in.
ORDERS = (
    ("SUBMITTED", 0),
    ("SUBMITTED", 1),
    ("NO_AREA", 1),
    ("SURVEY", 2),
    ("WAITING", 9),
    ("WAITING", 5),
    ("ACCEPTED", 2),
    ("SCHEDULED", 3),
    ("ACTIVE", 6),
    ("ACTIVE", 4),
    ("REJECTED", 8),
    ("CANCELLED", 7),
)
INVITED = {0, 6, 8}  # places of those that came by a customer's link


@dataclass(frozen=True)
class Desk:
    """What an order is made from: who decides, what is sold, where, and whose codes there are."""

    base: Ground
    packages: list[Package]
    served: list[Area]
    planned: Area
    codes: list[str]


def show(*, base: Ground, now: datetime) -> None:
    """Make the orders of the last days."""
    today = now.astimezone(days.ZONE).date()
    branch = base.staff["tech1@demo.test"].branch_id
    served = Area.objects.filter(kind=Area.Kind.AREA, archived_at=None).select_related("branch")
    if branch is not None:
        served = served.filter(branch_id=branch)
    sold = [one.package for one in offers.current(on=today)]
    known = Customer.objects.filter(status=Customer.Status.ACTIVE).order_by("pk")[:3]
    if not sold or len(known) < 3:
        return
    desk = Desk(
        base=base,
        packages=sold,
        served=list(served.order_by("pk")[:6]),
        planned=_not_served(base, served[0], at=now),
        codes=[referrals.code_of(customer, at=now) for customer in known],
    )
    for place, (state, back) in enumerate(ORDERS):
        came = days.moment(today - timedelta(days=back + 1), 10 + place % 7, place * 5 % 60)
        _live(desk, place, state, came)


def _not_served(base: Ground, near: Area, *, at: datetime) -> Area:
    """Add two places lines are not to be had at yet; return the one that is planned."""
    act = Act(base.owner, at)
    made = [
        areas.create(
            name=name,
            local_name=local,
            parent=near.parent,
            branch=near.branch,
            place=Place(coverage=coverage, latitude=north, longitude=east),
            act=act,
        )
        for name, local, coverage, north, east in (
            ("Uttarkhan", "উত্তরখান", "PLANNED", Decimal("23.880200"), Decimal("90.433300")),
            ("Birulia", "বিরুলিয়া", "NONE", Decimal("23.838800"), Decimal("90.295600")),
        )
    ]
    return made[0]


def _live(desk: Desk, place: int, state: str, came: datetime) -> None:
    order = _asked(desk, place, state, came)
    later = came + timedelta(hours=2)
    office = desk.base.staff["sales@demo.test"]
    if state == "SURVEY":
        closing.survey(order=order, act=Act(office, later, reason="third floor, look at the way"))
    elif state == "REJECTED":
        why = "The owner of the house does not allow a cable"
        closing.reject(order=order, act=Act(office, later, reason=why))
    elif state in {"ACCEPTED", "SCHEDULED", "ACTIVE", "CANCELLED"}:
        order = acceptance.accept(order=order, act=Act(office, later))
        _go_on(desk, order, state, later)


def _go_on(desk: Desk, order: Order, state: str, accepted: datetime) -> None:
    if state == "CANCELLED":
        why = "Moves to another town before the installation"
        at = accepted + timedelta(days=1)
        closing.cancel(order=order, act=Act(desk.base.owner, at, reason=why))
    elif state in {"SCHEDULED", "ACTIVE"}:
        start = accepted + timedelta(days=1 if state == "ACTIVE" else 5)
        _visit(desk, order, start, is_done=state == "ACTIVE")
        following.follow(order=order, act=Act(None, start))
    if state == "ACTIVE" and order.referral_code:
        _paid(desk, order, accepted + timedelta(days=2))


def _paid(desk: Desk, order: Order, at: datetime) -> None:
    """Let the friend pay the first bill, so that who invited is credited."""
    assert order.customer is not None  # noqa: S101 - the database keeps it
    owed = AccountState.objects.get(customer=order.customer).balance_amount
    if owed <= 0:
        return
    settlement.settle(
        Asked(
            customer_id=order.customer.pk,
            amount=owed,
            method=Payment.Method.EFT,
            received_by=desk.base.owner,
            received_at=at,
            key=f"demo:{order.number}",
            act=Act(desk.base.owner, at),
        )
    )
    referral_rewards.settle_of(customer_id=order.customer.pk, at=at)


def _visit(desk: Desk, order: Order, start: datetime, *, is_done: bool) -> None:
    who = desk.base.staff["tech2@demo.test"]
    assert order.work_order is not None  # noqa: S101 - the database keeps it
    job = orders.assign(
        order=order.work_order,
        slot=Slot(who, start, start + timedelta(hours=2)),
        version=order.work_order.version,
        is_confirmed=True,
        act=Act(desk.base.owner, start - timedelta(hours=20)),
    )
    if not is_done:
        return
    act = Act(who, start)
    nowhere = journey.Place(no_point_reason="no reception in the stairwell")
    journey.arrive(order=job, place=nowhere, moment=start, act=act)
    visit = evidence.latest_visit(job, who)
    assert visit is not None  # noqa: S101 - just begun
    for item in job.checklist:
        evidence.answer(
            visit=visit,
            key=item["key"],
            value="",
            impossible="not taken down in the demo",
            moment=start,
            act=act,
        )
    evidence.sign(visit=visit, signed=Signed([], order.name), moment=start, act=act)
    completion.complete(order=job, moment=start + timedelta(hours=1), act=act)


def _asked(desk: Desk, place: int, state: str, came: datetime) -> Order:
    first, last = FIRST_NAMES[place * 3 % len(FIRST_NAMES)], LAST_NAMES[place % len(LAST_NAMES)]
    spot = Spot(area=desk.served[place % len(desk.served)])
    if state == "WAITING":
        spot = Spot(area=desk.planned)
    elif state == "NO_AREA":
        spot = Spot(pin=PIN_NOWHERE)
    act = Act(None, came)
    code = desk.codes[place % len(desk.codes)] if place in INVITED else ""
    order = drafts.begin(spot=spot, ip="", language="en", referral_code=code, act=act)
    package = desk.packages[place % len(desk.packages)]
    drafts.choose(order=order, package=package, billing_day=(1, 5, 25, 30)[place % 4])
    who = Person(
        name=f"{first[0]} {last[0]}",
        phone=f"+88019{30_000_000 + place:08d}",
        address=f"House {place + 3}, Road {place % 7 + 1}",
        referral_code=code,
    )
    drafts.tell(order=order, person=who, act=act)
    return submitting.submit_proven(order=order, act=act)
