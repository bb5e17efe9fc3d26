"""Two accounts side by side, and what making them one would mean."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from billing.invoices.models import Invoice
from customers.models import Customer, DuplicatePair, Merge, Subscription
from customers.queries import directory
from customers.rules import similarity
from customers.rules.similarity import Person
from ispbill.accounts.models import User
from ispbill.core import formats, phones
from payments.online.models import PaymentMethod
from tickets.models import Ticket


@dataclass(frozen=True)
class Line:
    """One particular of both accounts; `is_same` where both say the same."""

    label: str
    first: str
    second: str

    @property
    def is_same(self) -> bool:
        return self.first == self.second != "—"


def merged(user: User) -> list[Merge]:
    """Return the latest accounts that were made one, within a person's reach."""
    mine = directory.visible_to(user).values("pk")
    rows = Merge.objects.filter(survivor__in=mine, undone_at__isnull=True)
    return list(rows.select_related("survivor", "absorbed", "by").order_by("-at", "-pk")[:50])


def pair_of(one: Customer, other: Customer) -> DuplicatePair | None:
    """Return the pair of two accounts, where the search has found it."""
    first, second = sorted((one.pk, other.pk))
    return DuplicatePair.objects.filter(first=first, second=second).first()


def likeness(one: Customer, other: Customer) -> tuple[int, list[str]]:
    """Return how alike two accounts are now, and by what."""
    why = similarity.reasons(_person(one), _person(other))
    return similarity.score(why), why


def lines(one: Customer, other: Customer, *, with_money: bool) -> list[Line]:
    """Return what is known of both accounts, line by line."""
    ids = [one.pk, other.pk]
    services = _services(ids)
    tickets = {
        pk: Ticket.objects.filter(customer=pk).exclude(state=Ticket.State.CLOSED).count()
        for pk in ids
    }
    told = [_told(each, services[each.pk], tickets[each.pk]) for each in (one, other)]
    if with_money:
        for each, facts in zip((one, other), told, strict=True):
            facts[_("Balance")] = formats.money(each.account_state.balance_amount)
    return [Line(label, value, told[1][label]) for label, value in told[0].items()]


def effects(survivor: Customer, absorbed: Customer) -> list[str]:
    """Return in sentences what merging would do."""
    count = absorbed.subscriptions.exclude(status=Subscription.Status.CANCELLED).count()
    said = [
        _("%(number)s is archived; its number finds %(other)s for ever.")
        % {"number": absorbed.number, "other": survivor.number},
        _("%(n)s services, the tickets, jobs, contracts and notes go over. No router is touched.")
        % {"n": formats.number(count)},
        _("Its bills, payments and numbers stay as they are, and are shown with both."),
    ]
    owed = absorbed.account_state.balance_amount
    total = formats.money(survivor.account_state.balance_amount + owed)
    if Invoice.objects.filter(customer=absorbed, status="OPEN", amount_due__gt=0).exists():
        said.append(
            _("What it owes, %(owed)s, goes over as one bill; the balance is then %(total)s.")
            % {"owed": formats.money(owed), "total": total}
        )
    elif owed < Decimal(0):
        said.append(
            _("Its credit, %(credit)s, goes over; the balance is then %(total)s.")
            % {"credit": formats.money(-owed), "total": total}
        )
    if PaymentMethod.objects.filter(customer=absorbed, removed_at=None).exists():
        said.append(_("Its ways to pay and mandates do not go over: they have to be given anew."))
    said.append(_("For thirty days the two can be taken apart again."))
    return said


def _told(customer: Customer, services: list[str], tickets: int) -> dict[str, str]:
    return {
        _("Account number"): customer.number,
        _("Name"): customer.name,
        _("Phone"): phones.national(customer.phone),
        _("Second phone"): phones.national(customer.alternate_phone)
        if customer.alternate_phone
        else "—",
        _("E-mail"): customer.email or "—",
        _("National id"): _national_id(customer),
        _("Address"): customer.address,
        _("Area"): customer.area.name,
        _("Branch"): customer.branch.name,
        _("Customer since"): formats.day(customer.customer_since),
        _("Status"): str(customer.get_status_display()),
        _("Services"): "\n".join(services) or "—",
        _("Open tickets"): formats.number(tickets),
    }


def _national_id(customer: Customer) -> str:
    """Tell whether there is one, and by a few signs of its fingerprint whether it is the same."""
    mark = customer.national_id_fingerprint[:4]
    return _("on file (mark %(mark)s)") % {"mark": mark} if mark else "—"


def _services(ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {pk: [] for pk in ids}
    rows = Subscription.objects.filter(Q(customer__in=ids)).select_related("package")
    for row in rows.order_by("customer_id", "line_no"):
        found[row.customer_id].append(
            f"{row.package.name} · {row.connection_id} · {row.get_status_display()}"
        )
    return found


def _person(customer: Customer) -> Person:
    return Person(
        customer.name,
        customer.phone,
        customer.alternate_phone,
        customer.email,
        customer.national_id_fingerprint,
        customer.area_id,
        customer.address,
    )
