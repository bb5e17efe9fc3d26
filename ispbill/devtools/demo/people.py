"""Invent customers and their services, one after the other: the same ones for the same seed."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from customers.models import Customer
from ispbill.devtools.demo import names
from ispbill.devtools.demo.days import BILLING_DAYS, Calendar, moment
from ispbill.devtools.demo.logins import CUSTOMERS
from ispbill.devtools.demo.packages import Offered
from ispbill.devtools.demo.places import Site

# How people pay, and how many of a hundred pay like that.
PAYERS = {"PROMPT": 66, "LATE": 15, "CARELESS": 6, "PARTIAL": 4, "OVER": 4, "QUIT": 5}
RISK = {"QUIT": "HIGH", "CARELESS": "MEDIUM"}
FIRST_SHARE = 0.45  # of the customers join in the first month, when the company is taken over
PENDING_SHARE, LEAVING_SHARE, SECOND_LINE_SHARE = 0.02, 0.05, 0.04
LOCAL_NAMES = dict(
    zip(
        (name for name, _phone in CUSTOMERS),
        ("আমিনা বেগম", "বাবুল হোসেন", "চিত্রা রায়", "দুলাল মিয়া", "ইভা দাস", "ফারুক আহমেদ"),
        strict=True,
    )
)
# The six who can sign in: where they live, which package, billing day and way to pay they have.
KNOWN = [
    ("Mirpur-10", "H20", 5, "PROMPT"), ("Mirpur-10", "F40", 25, "PROMPT"),
    ("Uttara-4", "P60", 5, "QUIT"), ("Uttara-4", "ST10", 1, "PROMPT"),
    ("Agrabad", "PR100", 30, "PROMPT"), ("Mirpur-10", "F40", 5, "OVER"),
]  # fmt: skip


@dataclass(frozen=True)
class Market:
    """Where customers come from and what they buy; ids of rows made before them."""

    sites: Sequence[Site]
    packages: Sequence[Offered]
    resellers: Mapping[int, int]  # area id → reseller id
    routers: Mapping[int, int]  # branch id → router id


@dataclass(frozen=True)
class Line:
    """One service of a person."""

    line_no: int
    offered: Offered
    cycle: str
    joined: date | None  # None: still pending
    leaves_on: date | None
    connection_id: str
    cpe_make: str
    cpe_serial: str


@dataclass(frozen=True)
class Person:
    """A customer to be: everything the rows need, ids and numbers apart."""

    place: int  # 1, 2, 3 … in the order of joining
    site: Site
    name: str
    local_name: str
    phone: str
    email: str
    address: str
    kind: str
    language: str
    latitude: Decimal
    longitude: Decimal
    reseller_id: int | None
    referred_by_place: int | None
    tags: tuple[str, ...]
    since: date
    created_at: datetime
    billing_day: int
    payer: str
    quits_from: date | None
    is_never_suspended: bool
    lines: tuple[Line, ...]

    @property
    def is_pending(self) -> bool:
        return all(line.joined is None for line in self.lines)


def invent(count: int, *, seed: int, calendar: Calendar, market: Market) -> Iterator[Person]:
    """Yield `count` people in the order they joined; memory does not grow with their number."""
    rng = random.Random(seed)
    pending = round(count * PENDING_SHARE) if count > len(CUSTOMERS) * 2 else 0
    joined = _joining_days(count - pending, calendar)
    for place in range(1, count + 1):
        day = next(joined, None)
        yield _person(place, day, rng=rng, calendar=calendar, market=market)


def _joining_days(count: int, calendar: Calendar) -> Iterator[date]:
    """Spread people over the days on which somebody joins, many of them at the beginning."""
    days = calendar.joining
    early = days[: max(1, min(6, len(days) // 2))]
    first = round(count * FIRST_SHARE)
    for place in range(first):
        yield early[place * len(early) // first]
    later = days[len(early) :] or days
    for place in range(count - first):
        yield later[place * len(later) // (count - first)]


def _person(
    place: int, joined: date | None, *, rng: random.Random, calendar: Calendar, market: Market
) -> Person:
    known = CUSTOMERS[place - 1] if place <= len(CUSTOMERS) else None
    is_business = known is None and rng.random() < 0.07
    name, local_name = _name(rng, is_business)
    site = rng.choices(market.sites, [_weight(site) for site in market.sites])[0]
    package = _choose(rng, market, is_business)
    billing_day, payer = rng.choice(BILLING_DAYS), _drawn(rng, PAYERS)
    phone = f"+88017{50_000_000 + place:08d}"
    if known is not None:
        area, code, billing_day, payer = KNOWN[place - 1]
        name, phone = known[0], f"+88{known[1]}"
        local_name = LOCAL_NAMES[name]
        site = next(site for site in market.sites if site.place.name == area)
        package = next(offered for offered in market.packages if offered.sold.code == code)
    slug = f"{name.split()[0].lower()}{place}"
    line = Line(
        line_no=1,
        offered=package,
        cycle="MONTHLY"
        if known is not None
        else rng.choices(["MONTHLY", "QUARTERLY", "ANNUAL"], [88, 9, 3])[0],
        joined=joined,
        leaves_on=_leaving(rng, joined, calendar) if known is None and payer != "QUIT" else None,
        connection_id=slug if known is None else slug[:-1],
        cpe_make=rng.choice(names.CPE_MAKES),
        cpe_serial=f"SN{rng.randrange(16**8):08X}",
    )
    lines = [line]
    if known is None and joined is not None and rng.random() < SECOND_LINE_SHARE:
        lines.append(_second(rng, line, slug, calendar, market))
    # The order of joining is the order of the account numbers.
    since = joined or calendar.today - timedelta(days=1)
    quits = None
    if payer == "QUIT" and joined is not None:
        quits = _quitting(rng, joined, calendar, is_known=known is not None)
    is_referred = known is None and rng.random() < 0.06
    return Person(
        place=place,
        site=site,
        name=name,
        local_name=local_name,
        phone=phone,
        email=f"{slug}@customers.test" if rng.random() < 0.55 else "",
        address=_address(rng, site),
        kind=Customer.Kind.BUSINESS if is_business else Customer.Kind.RESIDENTIAL,
        language="bn" if place == 1 or (known is None and rng.random() < 0.3) else "en",
        latitude=_near(rng, site.place.latitude),
        longitude=_near(rng, site.place.longitude),
        reseller_id=_reseller(rng, site, market, place),
        referred_by_place=rng.randrange(1, place) if is_referred else None,
        tags=_tags(rng, is_business),
        since=since,
        created_at=moment(since, 9 + rng.randrange(6), rng.randrange(60)),
        billing_day=billing_day,
        payer=payer,
        quits_from=quits,
        is_never_suspended=is_business and rng.random() < 0.15,
        lines=tuple(lines),
    )


def _name(rng: random.Random, is_business: bool) -> tuple[str, str]:
    first, last = rng.choice(names.FIRST_NAMES), rng.choice(names.LAST_NAMES)
    if is_business:
        firm = rng.choice(names.FIRMS)
        return f"{last[0]} {firm[0]}", f"{last[1]} {firm[1]}"
    return f"{first[0]} {last[0]}", f"{first[1]} {last[1]}"


def _weight(site: Site) -> float:
    return site.place.share / 4 if site.block else site.place.share


def _choose(rng: random.Random, market: Market, is_business: bool) -> Offered:
    suitable = [one for one in market.packages if one.sold.is_for_business == is_business]
    return rng.choices(suitable, [one.sold.share for one in suitable])[0]


def _drawn(rng: random.Random, shares: Mapping[str, int]) -> str:
    return rng.choices(list(shares), list(shares.values()))[0]


def _leaving(rng: random.Random, joined: date | None, calendar: Calendar) -> date | None:
    """Somebody who leaves does so on the day of a run, half a year or so after joining."""
    if joined is None or rng.random() >= LEAVING_SHARE:
        return None
    later = [run for run in calendar.runs[:-1] if run > joined + timedelta(days=60)]
    return rng.choice(later) if later else None


def _second(rng: random.Random, first: Line, slug: str, calendar: Calendar, market: Market) -> Line:
    later = [day for day in calendar.joining if first.joined and day >= first.joined]
    package = _choose(rng, market, is_business=False)
    return Line(
        line_no=2,
        offered=package,
        cycle="MONTHLY",
        joined=rng.choice(later),
        leaves_on=None,
        connection_id=f"{slug}-2",
        cpe_make=rng.choice(names.CPE_MAKES),
        cpe_serial=f"SN{rng.randrange(16**8):08X}",
    )


def _quitting(rng: random.Random, joined: date, calendar: Calendar, *, is_known: bool) -> date:
    """The first due date that stays unpaid: some day of the last four months."""
    back = 45 if is_known else rng.randrange(8, 120)
    return max(calendar.today - timedelta(days=back), joined + timedelta(days=1))


def _address(rng: random.Random, site: Site) -> str:
    block = f", {site.block}" if site.block else ""
    house, road = rng.randrange(1, 120), rng.randrange(1, 30)
    return f"House {house}, Road {road}{block}, {site.place.name}, {site.place.town}"


def _near(rng: random.Random, centre: Decimal) -> Decimal:
    return centre + Decimal(rng.randrange(-1000, 1001)) / 100_000


def _reseller(rng: random.Random, site: Site, market: Market, place: int) -> int | None:
    reseller = market.resellers.get(site.area_id)
    if place <= len(CUSTOMERS):
        return reseller if place == 4 else None  # Dulal came with the reseller of Uttara-4
    return reseller if rng.random() < 0.5 else None


def _tags(rng: random.Random, is_business: bool) -> tuple[str, ...]:
    tags = ["corporate"] if is_business else []
    if rng.random() < 0.05:
        tags.append("vip")
    if rng.random() < 0.04:
        tags.append("gamer")
    return tuple(tags)
