"""Whom to ask whether they would recommend us, and what they have said."""

from datetime import date, datetime, timedelta

from django.db.models import DateTimeField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery

from billing.invoices.rules.periods import billing_date
from customers.models import Customer
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User
from ispbill.core import clock
from tickets.models import Opinion, Survey, SurveyRefusal
from tickets.rules import satisfaction

PAUSE_DAYS = 7
"""So long after one question the next one waits."""

OWN = ("id", "customer_id", "is_anonymous", "asked_at", "expires_at", "score", "answered_at")
"""What the portal's role reads of an opinion."""

_KNOWN_DAYS = 30
"""Who has been with us for less has no opinion yet."""


def visible_to(user: User) -> QuerySet[Opinion]:
    """Return the opinions a member of staff may read; a branch manager those of the branch."""
    branch = branch_scope(user)
    if not user.is_console_user:
        return Opinion.objects.none()
    return Opinion.objects.all() if branch is None else Opinion.objects.filter(branch=branch)


def words(opinions: QuerySet[Opinion]) -> QuerySet[Opinion]:
    """Return the answers with a word or a low score, newest first."""
    told = opinions.filter(score__isnull=False).filter(
        ~Q(comment="") | Q(score__lte=satisfaction.LOW_SCORE)
    )
    return told.select_related("customer", "area").order_by("-answered_at", "-pk")


def due(*, at: datetime, months: int) -> QuerySet[Customer]:
    """Return who is to be asked: in use, willing, not asked for so many months; longest first."""
    since = months_before(at, months)
    mine = Q(customer=OuterRef("pk"))
    # `asks_nps`: the question also stands below the stars of a ticket's survey.
    asked = Opinion.objects.filter(mine, asked_at__gt=since)
    beside = Survey.objects.filter(mine, asks_nps=True, asked_at__gt=since)
    lately = Survey.objects.filter(mine, asked_at__gt=at - timedelta(days=PAUSE_DAYS))
    last = Opinion.objects.filter(mine).order_by().values("customer").annotate(last=Max("asked_at"))
    known = clock.local_date(at) - timedelta(days=_KNOWN_DAYS)
    customers = Customer.objects.filter(
        archived_at__isnull=True,
        erased_at__isnull=True,
        customer_since__lte=known,
        status=Customer.Status.ACTIVE,
    )
    return (
        customers.exclude(Exists(SurveyRefusal.objects.filter(mine)))
        .exclude(Exists(asked))
        .exclude(Exists(beside))
        .exclude(Exists(lately))
        .annotate(last=Subquery(last.values("last"), output_field=DateTimeField()))
        .order_by(F("last").asc(nulls_first=True), "customer_since", "pk")
    )


def was_asked_since(customer_id: int, since: datetime) -> bool:
    """Tell whether a customer was asked for an opinion after a moment."""
    return Opinion.objects.filter(customer_id=customer_id, asked_at__gt=since).exists()


def refuses(customer_id: int) -> bool:
    """Tell whether a customer wants to be asked nothing."""
    return SurveyRefusal.objects.filter(pk=customer_id).exists()


def open_of(customer_id: int, *, at: datetime) -> Opinion | None:
    """Return the question that waits for a customer's answer; reads what the portal may."""
    rows = Opinion.objects.only(*OWN).filter(customer_id=customer_id, answered_at__isnull=True)
    return rows.filter(expires_at__gte=at).order_by("-asked_at").first()


def months_before(at: datetime, months: int) -> datetime:
    """Return the midnight after the same day so many months ago: asked then, it is time again."""
    on = clock.local_date(at)
    index = on.year * 12 + on.month - 1 - months
    same: date = billing_date(index // 12, index % 12 + 1, on.day)
    return clock.midnight(same + timedelta(days=1))
