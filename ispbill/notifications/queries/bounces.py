"""E-mail addresses that take no mail."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.db.models.functions import Upper

from ispbill.accounts.access import branch_scope, may
from ispbill.accounts.models import User
from ispbill.notifications.models import Bounce
from ispbill.notifications.queries import outbox


@dataclass(frozen=True)
class Row:
    """An address nothing is sent to; `number` and `name` of a customer who has it, or ""."""

    bounce: Bounce
    address: str
    number: str
    name: str


def in_force(user: User, query: str = "") -> QuerySet[Bounce]:
    """Return the addresses nothing is sent to any more; a branch manager those of its customers."""
    rows = Bounce.objects.filter(is_final=True, lifted_at=None)
    if branch_scope(user) is not None:
        known = outbox.customers_of(user).exclude(email="").values(large=Upper("email"))
        rows = rows.annotate(large=Upper("address")).filter(large__in=known)
    return rows.filter(address__icontains=query.strip()) if query.strip() else rows


def as_rows(bounces: list[Bounce], *, user: User) -> list[Row]:
    """Say whose an address is, in one query, and show it as the reader may see it."""
    found = outbox.customers_of(user).annotate(large=Upper("email"))
    named = found.filter(large__in=[one.address.upper() for one in bounces]).order_by("-pk")
    known = {
        large: (number, name)
        for large, number, name in named.values_list("large", "number", "name")
    }
    sees_all = may(user, "customers.edit")
    return [
        Row(
            one,
            one.address if sees_all else outbox.masked(one.address),
            *known.get(one.address.upper(), ("", "")),
        )
        for one in bounces
    ]


def of_customer(number: str, *, user: User) -> Bounce | None:
    """Return why a customer gets no e-mail, None where it arrives."""
    own = outbox.customers_of(user).filter(number=number).values(large=Upper("email"))
    return in_force(user).annotate(large=Upper("address")).filter(large__in=own).first()
