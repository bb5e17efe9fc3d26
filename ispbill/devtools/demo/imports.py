"""Files of a provider that was taken over: customers taken in, some with mistakes to look at, and
orders of before, matched as far as they can be; and who may be one person twice."""

from datetime import datetime, timedelta

from customers.models import Area, Customer, Package
from customers.queries import suspects
from customers.services import suspicion
from ispbill.core.acts import Act
from ispbill.devtools.demo.ground import Ground
from signup.imports.models import Import
from signup.imports.services import checking, running, uploading, working
from signup.legacy.services import backfilling

_HEAD = "id,name,phone,email,address,area,package,status,username,next bill,balance"
_WHY = "The provider next door was taken over"
_GOOD = (
    "N-101,Jamal Uddin,01819300101,,House 3 Lane 2,{area},{package},active,jamal.u,{next},0",
    "N-102,Kohinoor Begum,01819300102,,House 9,{area},{package},active,kohinoor,{next},575",
    "N-103,Liton Das,01819300103,,House 11,{area},{package},blocked,liton.d,{next},1150",
)
_BAD = (
    "N-104,Mina Akter,01819300104,,House 12,{area},{package},active,mina,{next},0",
    "N-105,Nasir Khan,8.80182E+12,,House 14,{area},{package},active,nasir,{next},0",
    "N-106,Omar Faruk,01819300106,,House 15,Old town,Turbo 40,active,omar,{next},0",
)


_ORDER_HEAD = "order_number,email,phone,name,created_at,total"
_ORPHANS = (
    "CO-2201,nobody@example.test,01999300201,Parvin Sultana,2025-06-01,1725",
    "CO-2202,,,Quamrul Hasan,2025-07-01,1150",
)


def show(*, base: Ground, now: datetime) -> None:
    """Take in the first file, and check the second."""
    first = _uploaded("north-star-1.csv", _GOOD, base, at=now - timedelta(days=2))
    running.start(batch=first, act=Act(base.owner, now - timedelta(days=2), reason=_WHY))
    working.work(import_id=first.pk)
    _uploaded("north-star-2.csv", _BAD, base, at=now - timedelta(hours=3))
    _orders(base, at=now - timedelta(hours=2))
    suspicion.keep(found=suspects.pairs(), act=Act(None, now - timedelta(hours=1)))


def _orders(base: Ground, *, at: datetime) -> None:
    """Take in orders of before, and let them find their customers."""
    known = Customer.objects.filter(archived_at__isnull=True).order_by("pk")[:6]
    rows = [
        f"CO-{2100 + n},{one.email},{one.phone},{one.name},{at.year - 1}-0{n + 1}-12,1150"
        for n, one in enumerate(known)
    ]
    content = "\n".join([_ORDER_HEAD, *rows, *_ORPHANS]).encode()
    act = Act(base.owner, at, reason=_WHY)
    batch = uploading.upload(
        name="north-star-orders.csv", content=content, system="PLAIN", kind="ORDERS", act=act
    )
    checking.start(batch=batch, act=act)
    working.work(import_id=batch.pk)
    running.start(batch=batch, act=act)
    working.work(import_id=batch.pk)
    backfilling.run(act=act)


def _uploaded(name: str, rows: tuple[str, ...], base: Ground, *, at: datetime) -> Import:
    area = Area.objects.filter(archived_at__isnull=True).order_by("pk").first()
    package = Package.objects.filter(archived_at__isnull=True).order_by("pk").first()
    words = {
        "area": area.name if area else "",
        "package": package.name if package else "",
        "next": (at.date().replace(day=1) + timedelta(days=40)).replace(day=5).isoformat(),
    }
    content = "\n".join([_HEAD, *(row.format(**words) for row in rows)]).encode()
    act = Act(base.owner, at, reason=_WHY)
    batch = uploading.upload(name=name, content=content, system="PLAIN", act=act)
    checking.start(batch=batch, act=act)
    working.work(import_id=batch.pk)
    return batch
