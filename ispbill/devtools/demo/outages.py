"""What broke on the demo's network: half a year of silences, an outage with its credit, one that is
open, works that are announced, and a router that has just fallen silent."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.db.models import Count, Q

from billing.compensation.models import OutageCrediting
from billing.compensation.services import outage_credits
from customers.models import Area
from ispbill.core.acts import Act
from ispbill.devtools.demo import days
from ispbill.devtools.demo.ground import Ground
from network.models import Router, RouterSilence
from network.outages.models import Outage
from network.outages.services import judging, moving, opening, publishing, telling
from network.outages.services.moving import Words
from network.outages.services.opening import Plan

MONTHS = 6
MANY = 500  # customers of a place: with more, nobody is written to
# Day of the month, minutes after noon, and how long a router was silent then, in minutes.
SILENCES = ((3, 95, 12), (9, 410, 47), (17, 230, 134), (24, 15, 8))


def happen(*, base: Ground, now: datetime) -> None:
    """Write the past and open the present."""
    places = list(
        Area.objects.filter(archived_at=None)
        .annotate(living=Count("customers", filter=Q(customers__subscriptions__status="ACTIVE")))
        .filter(living__gt=0, living__lte=MANY)
        .order_by("-living", "pk")[:3]
    )
    if len(places) < len("abc"):
        return
    noc = Act(base.staff["noc@demo.test"], now)
    _credited(places[2], base=base, now=now)
    _months(now=now)
    _open(places[0], act=noc)
    _planned(places[1], act=noc)
    publishing.publish(at=now)


def _months(*, now: datetime) -> None:
    """Let routers be silent now and then, and close the months before this one."""
    routers = list(Router.objects.filter(archived_at=None, is_enabled=True).order_by("pk"))
    first = now.astimezone(days.ZONE).date().replace(day=1)
    months = [first]
    for _ in range(MONTHS):
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    Router.objects.filter(pk__in=[one.pk for one in routers]).update(
        added_at=datetime.combine(months[-1], time(), tzinfo=days.ZONE)
    )
    found = []
    for place, month in enumerate(months):
        for index, (day, minutes, lasts) in enumerate(SILENCES):
            if not routers or (place + index) % 2:
                continue
            router = routers[(place * 3 + index) % len(routers)]
            since = datetime.combine(
                month.replace(day=day), time(12), tzinfo=days.ZONE
            ) + timedelta(minutes=minutes)
            until = since + timedelta(minutes=lasts * (1 + place % 3))
            if until < now:
                found.append(RouterSilence(router=router, since=since, until=until))
    RouterSilence.objects.bulk_create(found)
    for earlier, month in zip(months[1:], months, strict=False):
        third = datetime.combine(month.replace(day=3), time(6), tzinfo=days.ZONE)
        judging.judge(month=earlier, at=min(third, now), is_closed=third <= now)
    judging.judge(month=first, at=now)


def _credited(place: Area, *, base: Ground, now: datetime) -> None:
    """A cable was cut five days ago; who was without connection has got it back."""
    began = now - timedelta(days=5, hours=7)
    noc = Act(base.staff["noc@demo.test"], began + timedelta(minutes=8))
    outage = _opened(
        [place],
        began=began,
        act=noc,
        title=f"No connection in {place.name}",
        local_title=f"{place.local_name or place.name} এলাকায় সংযোগ নেই",
        text="We are looking for the reason.",
        local_text="আমরা কারণ খুঁজছি।",
    )
    moving.post(
        outage=outage,
        state=Outage.State.IDENTIFIED,
        words=Words("A fibre was cut by road works.", "রাস্তার কাজে ফাইবার কেটে গেছে।"),
        act=Act(noc.actor, began + timedelta(minutes=55)),
    )
    back = began + timedelta(minutes=370)
    moving.resolve(
        outage=outage,
        restored_at=back,
        words=Words("The fibre is joined again.", "ফাইবার আবার জোড়া দেওয়া হয়েছে।"),
        act=Act(noc.actor, back + timedelta(minutes=4)),
    )
    outage_credits.propose_due(at=now)
    row = OutageCrediting.objects.filter(outage=outage, state="PROPOSED").first()
    if row is not None:
        act = Act(base.staff["billing@demo.test"], now, reason="six hours without service")
        outage_credits.order(crediting_row=row, act=act)
        outage_credits.credit_ordered(at=now)


def _open(place: Area, *, act: Act) -> None:
    """A cabinet has no power since two hours; customers were told."""
    outage = _opened(
        [place],
        began=act.at - timedelta(hours=2),
        act=Act(act.actor, act.at - timedelta(minutes=110)),
        title=f"No connection in {place.name}",
        local_title=f"{place.local_name or place.name} এলাকায় সংযোগ নেই",
        text="Our cabinet has no power. A generator is on its way.",
        local_text="আমাদের ক্যাবিনেটে বিদ্যুৎ নেই। জেনারেটর পাঠানো হয়েছে।",
        expected_at=act.at + timedelta(hours=1),
        cause=Outage.Cause.POWER,
    )
    moving.tell(outage=outage, seen=telling.preview(outage, at=act.at).seen, act=act)
    moving.post(
        outage=outage,
        state=Outage.State.IDENTIFIED,
        words=Words("The generator is there; we start it.", "জেনারেটর পৌঁছেছে; চালু করা হচ্ছে।"),
        act=act,
    )


def _planned(place: Area, *, act: Act) -> None:
    """Works in four nights, announced in time."""
    night = (act.at.astimezone(days.ZONE) + timedelta(days=4)).replace(
        hour=2, minute=0, second=0, microsecond=0
    )
    _opened(
        [place],
        began=night,
        act=act,
        title=f"Works on the network in {place.name}",
        local_title=f"{place.local_name or place.name} এলাকায় নেটওয়ার্কের কাজ",
        text="We exchange a switch. The connection is away for some minutes.",
        local_text="একটি সুইচ বদলানো হবে। সংযোগ কয়েক মিনিট বন্ধ থাকবে।",
        expected_at=night + timedelta(hours=2),
        cause=Outage.Cause.WORKS,
        is_planned=True,
    )


def _opened(areas: Sequence[Area], *, began: datetime, act: Act, **said: object) -> Outage:
    values = {"cause": Outage.Cause.CABLE, **said}
    plan = Plan(areas=areas, started_at=began, **values)  # type: ignore[arg-type]
    return opening.open_outage(plan=plan, act=act)
