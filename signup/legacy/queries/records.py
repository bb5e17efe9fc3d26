"""What the former system knew, as pages show it; and whom e-mails and phones name today."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Upper

from customers.models import Customer
from customers.queries import directory, merges
from ispbill.accounts.access import may
from ispbill.accounts.models import User
from ispbill.core import phones
from ispbill.core.models import Company
from signup.legacy.models import LegacyRecord, ValidationIssue
from signup.legacy.rules import matching

Kind = LegacyRecord.Kind


@dataclass(frozen=True)
class Counts:
    """How many orders there are, how many are matched, and what keeps the others."""

    total: int
    matched: int
    errors: dict[str, int]

    @property
    def success_rate(self) -> Decimal | None:
        return matching.success_rate(self.matched, self.total)

    @property
    def is_low(self) -> bool:
        rate = self.success_rate
        return rate is not None and rate < Company.current().legacy_match_percent


@dataclass
class Named:
    """Living customers (ids) by e-mail in small letters and by phone; who is archived alone."""

    emails: dict[str, set[int]]
    phones: dict[str, set[int]]
    archived: set[str]


def orders_visible_to(user: User) -> QuerySet[LegacyRecord]:
    """Return the orders a person may see: whoever may import, all of them."""
    if not may(user, "customers.import"):
        return LegacyRecord.objects.none()
    return LegacyRecord.objects.filter(kind=Kind.ORDER)


def history_of(customer: Customer) -> QuerySet[LegacyRecord]:
    """Return what the former system knew of a customer, the latest first."""
    return LegacyRecord.objects.filter(customer=customer).order_by("-on", "-pk")


def all_kept() -> QuerySet[LegacyRecord]:
    """Return everything a former system left."""
    return LegacyRecord.objects.all()


def listed(visible: QuerySet[LegacyRecord], *, tab: str, text: str = "") -> QuerySet[Any]:
    """Return orders for the page: `open`, `orphans`, `matched` or `all`; with what is wrong."""
    waiting = ValidationIssue.objects.filter(record=OuterRef("pk"), resolved_at=None)
    found = visible.select_related("customer").annotate(
        error_type=Subquery(waiting.values("error_type")[:1]),
        suggested_fix=Subquery(waiting.values("suggested_fix")[:1]),
    )
    narrow = {
        "open": Q(error_type__isnull=False),
        "orphans": Q(error_type="orphaned_order"),
        "matched": Q(customer__isnull=False),
    }
    found = found.filter(narrow.get(tab, Q()))
    for word in text.split():
        found = found.filter(
            Q(source_id__icontains=word)
            | Q(name__icontains=word)
            | Q(phone__icontains=word)
            | Q(email__icontains=word)
        )
    return found.order_by("-on", "-pk")


def counts(orders: QuerySet[LegacyRecord]) -> Counts:
    """Count orders: all, matched (by hand too), and by what is wrong."""
    total = orders.count()
    waiting = ValidationIssue.objects.filter(record__in=orders, resolved_at=None)
    errors = dict(waiting.order_by().values_list("error_type").annotate(n=Count("pk")))
    return Counts(total, orders.filter(customer__isnull=False).count(), errors)


def normal_phone(written: str) -> str:
    """Return a phone in E.164, "" for what is none."""
    try:
        return phones.normalise(written) if written.strip() else ""
    except phones.PhoneRefused:
        return ""


def normal_email(written: str) -> str:
    return written.strip().lower()


def named(emails: Collection[str], numbers: Collection[str]) -> Named:
    """Return whom these e-mails and phones (both as normal) name today."""
    wanted = Q(mail__in=[one.upper() for one in emails if one])
    known = [one for one in numbers if one]
    wanted |= Q(phone__in=known) | Q(alternate_phone__in=known)
    rows = Customer.objects.annotate(mail=Upper("email")).filter(wanted)
    found = Named(defaultdict(set), defaultdict(set), set())
    for row in rows.select_related("merged_into"):
        now = merges.survivor(row)
        contacts = {row.phone, row.alternate_phone, row.email.lower()} - {""}
        if now.is_archived:
            found.archived |= contacts
            continue
        found.emails[row.email.lower()].add(now.pk)
        for number in {row.phone, row.alternate_phone} - {""}:
            found.phones[number].add(now.pk)
    return found


def verdict(record: LegacyRecord, known: Named) -> matching.Verdict:
    """Say whose an order is, by whom its e-mail and phone name."""
    email, phone = normal_email(record.email), normal_phone(record.phone)
    return matching.judge(
        known.emails.get(email, set()) if email else set(),
        known.phones.get(phone, set()) if phone else set(),
        has_contact=bool(email or record.phone.strip()),
        is_archived=bool(({email, phone} - {""}) & known.archived),
    )


def owner_of(record: LegacyRecord, user: User) -> Customer | None:
    """Return the living customer in a person's reach who has the order's phone."""
    phone = normal_phone(record.phone)
    if not phone:
        return None
    mine = directory.visible_to(user).filter(archived_at__isnull=True)
    return mine.filter(Q(phone=phone) | Q(alternate_phone=phone)).order_by("pk").first()
