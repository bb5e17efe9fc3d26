"""What of our stock somebody may see, and where it is."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from customers.models import Customer
from fieldservice.stock.models import (
    SerialUnit,
    StockBalance,
    StockCount,
    StockItem,
    StockMove,
    StockPlace,
    StockTransfer,
)
from fieldservice.stock.rules import undoing
from ispbill.accounts.access import branch_scope, may
from ispbill.accounts.models import Branch, User

Kind = StockPlace.Kind


def visible_to(user: User) -> QuerySet[StockItem]:
    """Return the items a person may see: all of them, for whoever sees stock at all."""
    return StockItem.objects.all() if may(user, "stock.view") else StockItem.objects.none()


def places_of(user: User) -> QuerySet[StockPlace]:
    """Return the places a person may see: a branch manager those of the own branch."""
    if not may(user, "stock.view"):
        return StockPlace.objects.none()
    found = StockPlace.objects.select_related("branch", "person", "customer")
    branch_id = branch_scope(user)
    if branch_id is None:
        return found
    return found.filter(
        Q(branch_id=branch_id) | Q(person__branch_id=branch_id) | Q(customer__branch_id=branch_id)
    )


def ours(user: User) -> QuerySet[StockPlace]:
    """Return branches and vans, for choosing among; branches first."""
    found = places_of(user).filter(kind__in=[Kind.BRANCH, Kind.PERSON])
    return found.order_by("kind", "branch__name", "person__name", "pk")


def branches(user: User) -> QuerySet[Branch]:
    """Return the branches somebody may receive stock for."""
    found, branch_id = Branch.objects.filter(archived_at__isnull=True), branch_scope(user)
    return (found if branch_id is None else found.filter(pk=branch_id)).order_by("name")


def listed(
    found: QuerySet[StockItem], *, text: str, is_low: bool, user: User
) -> QuerySet[StockItem]:
    """Return items with `at_branches`, `at_people`, `at_customers` and `is_low`, by name."""
    mine = places_of(user)
    for name, kind in (
        ("at_branches", Kind.BRANCH),
        ("at_people", Kind.PERSON),
        ("at_customers", Kind.CUSTOMER),
    ):
        there = StockBalance.objects.filter(item=OuterRef("pk"), place__in=mine, place__kind=kind)
        total = there.order_by().values("item").annotate(n=Sum("quantity")).values("n")
        found = found.annotate(**{name: total})
    found = found.annotate(is_low=Exists(_low(user).filter(item=OuterRef("pk"))))
    for word in text.split():
        plain = word.upper().replace("-", "").replace(":", "")
        by_serial = SerialUnit.objects.filter(item=OuterRef("pk"), serial__startswith=plain)
        found = found.filter(Q(name__icontains=word) | Exists(by_serial))
    if is_low:
        found = found.filter(is_low=True)
    return found.filter(archived_at__isnull=True).order_by("name")


def low(user: User) -> QuerySet[StockBalance]:
    """Return what branches have too little of."""
    return _low(user).select_related("item", "place__branch").order_by("item__name", "pk")


def balances(item: StockItem, user: User) -> list[StockBalance]:
    """Return where an item lies, branches and vans first; customers are counted by `lent`."""
    found = StockBalance.objects.filter(item=item, place__in=ours(user), quantity__gt=0)
    return list(
        found.select_related("place__branch", "place__person").order_by("place__kind", "pk")
    )


def units(item: StockItem, user: User, *, text: str, most: int) -> list[SerialUnit]:
    """Return pieces by the beginning of their serial number."""
    plain = text.upper().replace("-", "").replace(":", "").replace(" ", "")
    nowhere = Q(place__branch=None, place__person=None, place__customer=None)
    found = SerialUnit.objects.filter(nowhere | Q(place__in=places_of(user)), item=item)
    found = found.filter(serial__startswith=plain)
    found = found.select_related("place__branch", "place__person", "place__customer")
    return list(found.order_by("serial")[:most])


def moves(item: StockItem, user: User, *, most: int) -> list[StockMove]:
    """Return the latest moves of an item; `can_be_undone` where nothing stands against it."""
    found = list(moves_of(user).filter(item=item).order_by("-pk")[:most])
    for move in found:
        may_be = undoing.may_be(move.why, source=move.source.kind, target=move.target.kind)
        is_undone = move.is_undone  # type: ignore[attr-defined]
        move.can_be_undone = may_be and not is_undone  # type: ignore[attr-defined]
    return found


def moves_of(user: User) -> QuerySet[StockMove]:
    """Return the moves from or to places this person may see, each with `is_undone`."""
    ends = [f"{end}__{whose}" for end in ("source", "target") for whose in _WHOSE]
    mine = places_of(user)
    found = StockMove.objects.filter(Q(source__in=mine) | Q(target__in=mine))
    undone = Exists(StockMove.objects.filter(reverses=OuterRef("pk")))
    return found.annotate(is_undone=undone).select_related("item", "unit", "moved_by", *ends)


def units_of(user: User) -> QuerySet[SerialUnit]:
    """Return the pieces at places this person may see."""
    found = SerialUnit.objects.filter(place__in=places_of(user))
    return found.select_related("item", "place__branch", "place__person", "place__customer")


def transfers_of(user: User) -> QuerySet[StockTransfer]:
    """Return what is on the way from or to places this person may see."""
    mine = ours(user).values("pk")
    found = StockTransfer.objects.filter(
        Q(source__in=mine) | Q(target__in=mine), state=StockTransfer.State.SENT
    )
    ends = ("source__branch", "source__person", "target__branch", "target__person")
    return found.select_related("item", *ends).order_by("pk")


def to_accept(person: User) -> list[StockTransfer]:
    """Return what is on the way to somebody, for them to accept or to send back."""
    found = StockTransfer.objects.filter(target__person=person, state=StockTransfer.State.SENT)
    ends = ("source__branch", "source__person", "sent_by")
    return list(found.select_related("item", *ends).order_by("pk")[:50])


def equipment(customer: Customer) -> list[SerialUnit]:
    """Return what a customer has of ours, lent."""
    found = SerialUnit.objects.filter(place__customer=customer).select_related("item", "place")
    return list(found.order_by("item__name", "serial"))


def given(customer: Customer, *, most: int) -> list[StockMove]:
    """Return what a customer was sold or given and has given back, the latest first."""
    mine = Q(source__customer=customer) | Q(target__customer=customer)
    found = StockMove.objects.filter(mine | Q(reference=customer.number))
    return list(found.select_related("item", "unit").order_by("-pk")[:most])


def van(person: User) -> list[dict[str, Any]]:
    """Return what a technician carries, as the phone keeps it."""
    held = StockBalance.objects.filter(place__person=person, quantity__gt=0)
    serials: dict[int, list[str]] = {}
    carried = SerialUnit.objects.filter(place__person=person).values_list("item_id", "serial")
    for item_id, serial in carried.order_by("serial")[:500]:
        serials.setdefault(item_id, []).append(serial)
    return [
        {
            "item": one.item_id,
            "name": one.item.name,
            "unit": one.item.unit,
            "way": str(one.item.get_usual_way_display()),
            "is_serial": one.item.is_serial,
            "quantity": f"{one.quantity.normalize():f}",
            "serials": serials.get(one.item_id, []),
        }
        for one in held.select_related("item").order_by("item__name")[:100]
    ]


def asked_of(place: StockPlace) -> list[StockItem]:
    """Return what somebody who counts a place is asked for: all that lies or ever lay there."""
    known = StockBalance.objects.filter(place=place).values("item")
    return list(StockItem.objects.filter(pk__in=known).order_by("name"))


def counts(user: User) -> QuerySet[StockCount]:
    """Return the counts of the places a person may see."""
    found = StockCount.objects.filter(place__in=places_of(user))
    return found.select_related("place__branch", "place__person", "counted_by")


def _low(user: User) -> QuerySet[StockBalance]:
    return StockBalance.objects.filter(
        place__in=places_of(user).filter(kind=Kind.BRANCH),
        item__archived_at__isnull=True,
        quantity__lt=F("item__reorder_level"),
    )


_WHOSE = ("branch", "person", "customer")
