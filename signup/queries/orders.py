"""Which orders somebody may see, and finding them."""

from django.db.models import Count, Q, QuerySet

from ispbill.accounts.access import branch_scope, may
from ispbill.accounts.models import User
from signup.models import Order, OrderDocument
from signup.queries import links
from signup.rules import lifecycle


def visible_to(user: User) -> QuerySet[Order]:
    """Return the orders a member of staff may see; what lies in no area yet is the head office's.

    Drafts are nobody's: the phone is not proven.
    """
    if not may(user, "orders.view"):
        return Order.objects.none()
    found = Order.objects.exclude(state=lifecycle.DRAFT)
    branch_id = branch_scope(user)
    return found if branch_id is None else found.filter(branch_id=branch_id)


def documents_visible_to(user: User) -> QuerySet[OrderDocument]:
    """Return the papers a member of staff may look at."""
    if not may(user, "orders.papers"):
        return OrderDocument.objects.none()
    return OrderDocument.objects.filter(order__in=visible_to(user), removed_at__isnull=True)


def listed(
    visible: QuerySet[Order], *, states: tuple[str, ...] = (), text: str = ""
) -> QuerySet[Order]:
    """Return orders for a list, newest first; `text` is a number, name, phone or address."""
    found = visible.select_related("area", "package", "branch", "work_order", "customer")
    if states:
        found = found.filter(state__in=states)
    for word in text.split():
        found = found.filter(
            Q(number__icontains=word)
            | Q(name__icontains=word)
            | Q(phone__contains=word.lstrip("0").replace("-", ""))
            | Q(address__icontains=word)
        )
    return found.order_by("-submitted_at", "-pk")


def narrowed(
    found: QuerySet[Order], *, area: int | None, package: int | None, has_no_area: bool
) -> QuerySet[Order]:
    """Narrow orders to an area, a package, or those whose pin lies near no area."""
    if area is not None:
        found = found.filter(area=area)
    if package is not None:
        found = found.filter(package=package)
    return found.filter(area=None) if has_no_area else found


def counts(visible: QuerySet[Order]) -> dict[str, int]:
    """Return how many there are in each state, zeros included."""
    found = dict(visible.order_by().values_list("state").annotate(n=Count("pk")))
    return {state: found.get(state, 0) for state in Order.State.values}


def to_decide(visible: QuerySet[Order]) -> QuerySet[Order]:
    """Return those somebody has to accept or reject."""
    return visible.filter(state__in=lifecycle.TO_DECIDE)


def by_word(word: str) -> Order | None:
    """Return the order whose page this word opens."""
    found = Order.objects.select_related("area", "package", "customer", "work_order")
    return found.filter(link_digest=links.digest(word)).first()
