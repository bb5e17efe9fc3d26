"""Orders, made through their services."""

from datetime import UTC, date, datetime
from decimal import Decimal

from ispbill.core import clock
from ispbill.core.acts import Act
from signup.imports.models import Import
from signup.legacy.models import LegacyRecord
from signup.services import drafts, submitting
from signup.services.drafts import Person, Spot
from tests.factories.customers import AreaFactory, PackagePriceFactory

NINE = datetime(2026, 1, 10, 3, 0, tzinfo=UTC)  # Saturday, 09:00 in Dhaka
PHONE = "+8801711000055"


def offered(amount="1000.00", **values):
    """A package everybody may choose, with a price."""
    price = PackagePriceFactory(
        package__is_public=True,
        effective_from=date(2025, 1, 1),
        net_amount=Decimal(amount),
        gross_amount=Decimal(amount) * Decimal("1.15"),
        **values,
    )
    return price.package


def placed_area(**values):
    """An area as the service of areas makes them: with its path."""
    area = AreaFactory(**values)
    area.path = f"{values['parent'].path if values.get('parent') else '/'}{area.pk}/"
    area.save(update_fields=["path"])
    return area


def draft(*, area=None, pin=None, package=None, at=NINE, code="", documents=(), **person):
    """A complete draft, its phone not proven."""
    spot = Spot(area=area or (None if pin else placed_area()), pin=pin)
    order = drafts.begin(spot=spot, ip="", language="en", referral_code=code, act=Act(None, at))
    drafts.choose(order=order, package=package or offered(), billing_day=5)
    who = {"name": "Shirin Akter", "phone": PHONE, "address": "12 Lake Road", **person}
    told = Person(referral_code=code, documents=list(documents), **who)
    return drafts.tell(order=order, person=told, act=Act(None, at))


def submitted(**values):
    """An order whose phone is proven."""
    at = values.get("at", NINE)
    return submitting.submit_proven(order=draft(**values), act=Act(None, at))


def moved_in(at=NINE, **more):
    """An import whose columns are still to be named."""
    fields = {
        "name": "old.csv",
        "content": b"id,name,phone\n1,Amina,01711000001",
        "encoding": "utf-8",
        "delimiter": ",",
        "columns": ["id", "name", "phone"],
        "mapping": {"source_id": 0, "name": 1, "phone": 2},
        "created_at": at,
        **more,
    }
    return Import.objects.create(**fields)


def former_order(**values):
    """Return an order of the former system, as an import leaves it."""
    known = LegacyRecord.objects.count()
    return LegacyRecord.objects.create(
        kind=LegacyRecord.Kind.ORDER,
        system="PLAIN",
        source_id=f"CO-{known + 1}",
        taken_in_at=clock.now(),
        **values,
    )
