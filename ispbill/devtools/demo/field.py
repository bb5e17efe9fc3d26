"""Technicians' jobs: some weeks gone by, today's rounds, and what waits for the office."""

import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from PIL import Image, ImageDraw

from customers.models import Fee, Subscription
from fieldservice.models import Visit, WorkOrder
from fieldservice.rules.distances import Point
from fieldservice.services import completion, evidence, journey, orders, photos, swapping
from fieldservice.services.evidence import Signed
from fieldservice.services.journey import Place
from fieldservice.services.orders import NewOrder, Slot
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.devtools.demo import days
from ispbill.devtools.demo.ground import Ground

PAST_DAYS = (25, 23, 21, 20, 18, 16, 14, 11, 9, 7, 6, 4, 3, 2)
KINDS = ("REPAIR", "MAINTENANCE", "SURVEY", "REPAIR")
ANSWERS = {
    "cause": "Connector corroded, replaced",
    "before": "-29.1",
    "after": "-21.4",
    "done": "Pole box cleaned, splices checked",
    "feasible": True,
    "cable_m": "65",
}
STROKES: list[list[list[float]]] = [
    [[40, 150], [90, 40], [140, 150], [70, 105], [180, 100], [230, 140], [320, 60]]
]
FEWEST = 30  # services; who has fewer sends nobody out every day
SPOTS = ((23.8069, 90.3687), (23.8103, 90.3721), (23.8759, 90.3795), (23.8041, 90.3655))


@dataclass(frozen=True)
class Crew:
    """Who plans, who goes, and to whose lines."""

    office: User
    technicians: list[User]
    services: list[Subscription]


def show(*, base: Ground, now: datetime) -> None:
    """Make jobs of the past weeks and of today; works with the services the pages call."""
    people = [base.staff[login] for login in ("tech1@demo.test", "tech2@demo.test")]
    branch_id = people[0].branch_id or base.staff["support@demo.test"].branch_id
    found = Subscription.objects.filter(status=Subscription.Status.ACTIVE)
    if branch_id is not None:
        found = found.filter(customer__branch_id=branch_id)
    services = list(found.select_related("customer").order_by("pk")[10:60])
    if len(services) < FEWEST:
        return
    crew = Crew(base.owner, people, services)
    today = now.astimezone(days.ZONE).date()
    for place, back in enumerate(PAST_DAYS):
        _past(crew, place, today - timedelta(days=back))
    _today(crew, today, now)


def _past(crew: Crew, place: int, on: date) -> None:
    order, who, start = _given(crew, place, KINDS[place % len(KINDS)], on, 9 + place % 2 * 3)
    journey.start(order=order, moment=start, act=Act(who, start))
    arrived = start + timedelta(minutes=20)
    journey.arrive(
        order=order, place=Place(_near(order, place)), moment=arrived, act=Act(who, arrived)
    )
    ended = arrived + timedelta(minutes=35 + place * 7 % 50)
    if place % 6 == 5:
        journey.fail(
            order=order,
            failure=Visit.Failure.NOT_HOME,
            text="Nobody opened, the phone was off",
            moment=ended,
            act=Act(who, ended),
        )
        return
    _prove(order, who, ended, with_photo=place % 4 == 0)
    completion.complete(order=order, moment=ended, act=Act(who, ended))


def _today(crew: Crew, today: date, now: datetime) -> None:
    """Three jobs each, one on the way; two nobody has been given; an installation if one waits."""
    begin = len(PAST_DAYS)
    for place in range(6):
        order, who, _start = _given(
            crew, begin + place, KINDS[place % 3], today, 9 + place // 2 * 3, at=now
        )
        if place == 0:
            journey.start(order=order, moment=now, act=Act(who, now))
        if place == 4:
            ill = Act(who, now, reason="My motorbike has broken down")
            swapping.ask(order=order, moment=now, act=ill)
    for place, kind in ((6, "REPAIR"), (7, "DISCONNECTION")):
        _made(crew, begin + place, kind, now - timedelta(hours=5))
    _moving_house(crew, begin + 8, now - timedelta(hours=2))
    waiting = Subscription.objects.filter(
        status=Subscription.Status.PENDING, customer__branch_id=crew.services[0].customer.branch_id
    ).select_related("customer")
    for service in waiting.order_by("pk")[:2]:
        asked = NewOrder(
            customer=service.customer,
            kind="INSTALLATION",
            subscription=service,
            priority=WorkOrder.Priority.HIGH,
            point=SPOTS[1],
            instructions="Second floor, ring twice.",
        )
        orders.create(asked=asked, act=Act(crew.office, now - timedelta(hours=3)))


def _moving_house(crew: Crew, place: int, at: datetime) -> None:
    """A customer moves into the next street, for a fee where one is on sale."""
    service = crew.services[place % len(crew.services)]
    fee = Fee.objects.filter(archived_at=None, net_amount__gt=0).order_by("pk").first()
    asked = NewOrder(
        customer=service.customer,
        kind="RELOCATION",
        subscription=service,
        address="House 9, Road 4, third floor",
        point=SPOTS[place % len(SPOTS)],
        fee=fee,
    )
    orders.create(asked=asked, act=Act(crew.office, at))


def _made(crew: Crew, place: int, kind: str, at: datetime) -> WorkOrder:
    service = crew.services[place % len(crew.services)]
    asked = NewOrder(
        customer=service.customer,
        kind=kind,
        subscription=service,
        point=SPOTS[place % len(SPOTS)],
        instructions="Please call before you come." if place % 3 == 0 else "",
        priority=WorkOrder.Priority.HIGH if place % 5 == 0 else WorkOrder.Priority.NORMAL,
    )
    return orders.create(asked=asked, act=Act(crew.office, at))


def _given(
    crew: Crew, place: int, kind: str, on: date, hour: int, *, at: datetime | None = None
) -> tuple[WorkOrder, User, datetime]:
    """Make a job and give it to the next technician for three hours from `hour`."""
    start = days.moment(on, hour)
    planned = min(at or start, start) - timedelta(hours=12)
    order = _made(crew, place, kind, planned)
    who = crew.technicians[place % len(crew.technicians)]
    order = orders.assign(
        order=order,
        slot=Slot(who, start, start + timedelta(hours=3)),
        version=order.version,
        is_confirmed=True,
        act=Act(crew.office, planned),
    )
    return order, who, start


def _prove(order: WorkOrder, who: User, at: datetime, *, with_photo: bool) -> None:
    visit = evidence.latest_visit(order, who)
    if visit is None:
        return
    act = Act(who, at)
    for item in order.checklist:
        if item["key"] in ANSWERS:
            evidence.answer(
                visit=visit,
                key=item["key"],
                value=ANSWERS[item["key"]],
                impossible="",
                moment=at,
                act=act,
            )
    if with_photo:
        photos.add(visit=visit, item="photo", content=_picture(), point=None, moment=at, act=act)
    evidence.sign(visit=visit, signed=Signed(STROKES, order.customer.name), moment=at, act=act)


def _near(order: WorkOrder, place: int) -> Point:
    """Return a point near the address; now and then one that is far from it."""
    off = 0.006 if place % 7 == 6 else 0.0003
    return Point(float(order.latitude or 0) + off, float(order.longitude or 0), 18)


def _picture() -> bytes:
    """Draw a box on a wall."""
    made = Image.new("RGB", (800, 600), "#B9C4CF")
    pen = ImageDraw.Draw(made)
    pen.rectangle((260, 160, 540, 420), fill="#F4F6F8", outline="#51606F", width=6)
    pen.line((400, 420, 400, 600), fill="#22303E", width=8)
    for lamp in range(4):
        pen.ellipse((300 + lamp * 55, 220, 320 + lamp * 55, 240), fill="#2FA36B")
    out = io.BytesIO()
    made.save(out, "JPEG", quality=80)
    return out.getvalue()
