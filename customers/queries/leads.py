"""Leads by stage."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Q, QuerySet

from customers.models import Lead
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User

_MOST_SOURCES = 30


def visible_to(user: User) -> QuerySet[Lead]:
    """Return the leads a member of staff may open: a branch manager those of the branch."""
    if not user.is_console_user:
        return Lead.objects.none()
    branch = branch_scope(user)
    return Lead.objects.all() if branch is None else Lead.objects.filter(branch_id=branch)


def listed(
    leads: QuerySet[Lead], *, stage: str = "", text: str = "", owner: int | None = None
) -> QuerySet[Lead]:
    """Narrow leads and order them by what is to be done first."""
    if stage:
        leads = leads.filter(stage=stage)
    if owner is not None:
        leads = leads.filter(owner=owner)
    for word in text.split():
        leads = leads.filter(
            Q(name__icontains=word)
            | Q(phone__contains=word.lstrip("0").replace("-", ""))
            | Q(address__icontains=word)
        )
    return leads.select_related("area", "owner", "package", "customer", "branch").order_by(
        "next_action_on", "-pk"
    )


def narrowed(
    leads: QuerySet[Lead], *, on: date, owner: int | None = None, source: str = "", is_due: bool
) -> QuerySet[Lead]:
    """Narrow leads to somebody's, to a source, to those whose next step is due on a day."""
    if owner is not None:
        leads = leads.filter(owner=owner)
    if source:
        leads = leads.filter(source=source)
    if is_due:
        open_ones = leads.exclude(stage__in=[Lead.Stage.WON, Lead.Stage.LOST])
        leads = open_ones.filter(next_action_on__lte=on)
    return leads


def sources(leads: QuerySet[Lead]) -> list[str]:
    """Return where leads came from, each source once."""
    found = leads.exclude(source="").order_by("source").values_list("source", flat=True)
    return list(found.distinct()[:_MOST_SOURCES])


def to_follow_up(leads: QuerySet[Lead], *, on: date) -> QuerySet[Lead]:
    """Narrow leads to those still open whose next step is due on a day or was before it."""
    open_ones = leads.exclude(stage__in=[Lead.Stage.WON, Lead.Stage.LOST])
    return listed(open_ones.filter(next_action_on__lte=on))


def counts(leads: QuerySet[Lead]) -> dict[str, int]:
    """Return how many there are in each stage, zeros included."""
    found = dict(leads.order_by().values_list("stage").annotate(n=Count("pk")))
    return {stage: found.get(stage, 0) for stage in Lead.Stage.values}


def conversion(counted: dict[str, int]) -> Decimal | None:
    """Return which share of the decided leads was won, a ratio; None before one is decided."""
    won, lost = counted[Lead.Stage.WON], counted[Lead.Stage.LOST]
    if not won + lost:
        return None
    return (Decimal(won) / (won + lost)).quantize(Decimal("0.001"), ROUND_HALF_UP)
