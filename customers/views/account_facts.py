"""The facts beside the timeline: folds of what is set, and one line of what is not."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext as _

from customers.forms.customer import shown_phone
from customers.models import Customer
from customers.queries.customer_page import Facts
from customers.rules.picture import Money
from customers.views import wording
from customers.views.standing import Standing
from ispbill.core import clock, formats
from ispbill.notifications.rules.events import EVENTS


@dataclass(frozen=True)
class Fact:
    """A name and what is set; `url` leads to more, `chips` are drawn one by one."""

    name: str
    value: str
    url: str = ""
    tone: str = ""
    chips: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Fold:
    """Facts under one head; closed, it shows its `summary`."""

    key: str
    name: str
    summary: str
    facts: list[Fact]
    is_open: bool = False


@dataclass(frozen=True)
class AccountFacts:
    """All folds with something in them, and the names of what nobody has filled in."""

    folds: list[Fold]
    unset: list[str]


def of(standing: Standing, facts: Facts) -> AccountFacts:
    """Return a customer's facts for a person who may see what `standing` holds."""
    customer = standing.customer
    folds = [
        _account(standing),
        _contact(customer),
        _address(customer),
        _line(standing),
        _documents(customer),
        _since(customer, facts),
        _opinion(customer),
    ]
    return AccountFacts([fold for fold in folds if fold.facts], _unset(customer))


def _account(standing: Standing) -> Fold:
    state, customer = standing.customer.account_state, standing.customer
    facts = []
    if state.balance_amount > 0:
        since = state.oldest_due_date
        late = since is not None and since < standing.on
        words = _("%(amount)s since %(day)s") if late else _("%(amount)s")
        said = {"amount": formats.money(state.balance_amount), "day": _day(since)}
        facts.append(Fact(_("Owes"), words % said, tone="danger" if late else ""))
    elif state.balance_amount < 0:
        facts.append(Fact(_("Credit"), formats.money(-state.balance_amount)))
    facts += _paid(customer, standing.money)
    facts += [
        Fact(_("While off"), _("Billed") if one.is_billed else _("Not billed"))
        for one in standing.suspensions[:1]
    ]
    if state.promised_until is not None and state.promised_until >= standing.on:
        facts.append(Fact(_("Promised by"), _day(state.promised_until)))
    if state.excluded_until is not None and state.excluded_until >= standing.on:
        facts.append(Fact(_("Not suspended until"), _day(state.excluded_until)))
    if customer.is_never_suspended:
        facts.append(Fact(_("Suspension"), _("Never by itself")))
    if customer.credit_limit_amount > 0:
        facts.append(Fact(_("Credit limit"), formats.money(customer.credit_limit_amount)))
    facts.append(Fact(_("Bill date"), formats.number(customer.preferred_billing_day)))
    return Fold("account", _("Account"), "", facts, is_open=True)


def _paid(customer: Customer, money: Money | None) -> list[Fact]:
    """Return the last payment and what was ever paid, with the ways for who may see payments."""
    state, paid = customer.account_state, money.paid if money else []
    found = []
    if state.last_paid_at is not None and state.last_paid_amount is not None:
        way = max(paid, key=lambda one: one.last_at).way if paid else ""
        day = _day(clock.local_date(state.last_paid_at))
        words = [formats.money(state.last_paid_amount), day, way]
        found.append(Fact(_("Last paid"), ", ".join(word for word in words if word)))
    total = sum((one.total for one in paid), start=Decimal(0))
    if total:
        count = sum(one.count for one in paid)
        said = {"amount": formats.money(total), "n": formats.number(count)}
        words_ = ngettext("%(amount)s in %(n)s payment", "%(amount)s in %(n)s payments", count)
        found.append(Fact(_("Paid in all"), words_ % said))
    elif state.lifetime_value_amount > 0:
        found.append(Fact(_("Paid in all"), formats.money(state.lifetime_value_amount)))
    return found


def _contact(customer: Customer) -> Fold:
    facts = [
        Fact(name, shown_phone(phone), f"tel:{phone}")
        for name, phone in (
            (_("Phone"), customer.phone),
            (_("Other phone"), customer.alternate_phone),
        )
        if phone
    ]
    if customer.email:
        facts.append(Fact(_("E-mail"), customer.email, f"mailto:{customer.email}"))
    ways = [
        name
        for name, wants in (
            (_("SMS"), customer.wants_sms),
            (_("WhatsApp"), customer.wants_whatsapp),
            (_("E-mail"), customer.wants_email and bool(customer.email)),
        )
        if wants
    ]
    said = {"language": wording.language(customer.language), "ways": ", ".join(ways)}
    words = _("%(language)s, by %(ways)s") if ways else _("%(language)s, no messages")
    facts.append(Fact(_("Reads"), words % said))
    refused = [gettext(EVENTS[event].title) for event in _refused_by(customer)]
    if refused:
        facts.append(Fact(_("Does not want"), ", ".join(refused)))
    return Fold("contact", _("Contact"), "", facts, is_open=True)


def _refused_by(customer: Customer) -> list[str]:
    """Return the single events a customer does not want, which `scope.customer` brings along."""
    refused: list[str] = customer.refused_events  # type: ignore[attr-defined]
    return refused


def _address(customer: Customer) -> Fold:
    facts = [
        Fact(_("Address"), customer.address),
        Fact(
            _("Area"),
            customer.area.name,
            f"{reverse('staff_customers:index')}?area={customer.area_id}",
        ),
        Fact(_("Branch"), customer.branch.name),
    ]
    if customer.latitude is not None and customer.longitude is not None:
        place = f"{customer.latitude}, {customer.longitude}"
        facts.append(Fact(_("Map point"), place, f"geo:{place.replace(' ', '')}"))
    return Fold("address", _("Address"), customer.area.name, facts)


def _line(standing: Standing) -> Fold:
    routers = {line.line_no: line.router for line in standing.lines}
    state, facts, names = standing.customer.account_state, [], []
    living = standing.living
    for one in living:
        speed = f"{one.download_mbps}/{one.upload_mbps} Mbps"
        said = [one.package.name, speed, routers.get(one.line_no, "")]
        facts.append(Fact(one.connection_id, ", ".join(word for word in said if word)))
        names.append(one.connection_id)
    if living and state.usage_cycle_gb > 0:
        used = formats.number(state.usage_cycle_gb, decimals=1)
        facts.append(Fact(_("Used this cycle"), f"{used} GB"))
    if living and state.average_mbps is not None:
        facts.append(
            Fact(_("Average speed"), f"{formats.number(state.average_mbps, decimals=1)} Mbps")
        )
    return Fold("line", _("Line"), ", ".join(names), facts)


def _documents(customer: Customer) -> Fold:
    facts = []
    if customer.national_id_fingerprint:
        facts.append(Fact(_("National ID"), _("On file")))
    if customer.is_tax_exempt:
        url = reverse("staff_customers:tax-certificates", args=[customer.number])
        facts.append(Fact(_("Tax"), _("Exempt, by certificate"), url))
    return Fold("documents", _("Documents"), ", ".join(one.name for one in facts), facts)


def _since(customer: Customer, facts: Facts) -> Fold:
    found = [
        Fact(_("Customer since"), _day(customer.customer_since)),
        Fact(_("Kind"), customer.get_kind_display()),
    ]
    if customer.collector is not None:
        found.append(Fact(_("Collector"), customer.collector.name))
    if customer.referred_by is not None:
        url = reverse("staff_customers:customer", args=[customer.referred_by.number])
        found.append(Fact(_("Referred by"), customer.referred_by.name, url))
    if facts.referred:
        found.append(Fact(_("Has referred"), formats.number(facts.referred)))
    if facts.has_portal_access:
        found.append(Fact(_("Portal"), _("May sign in")))
    if customer.tags:
        found.append(Fact(_("Tags"), "", chips=list(customer.tags)))
    if customer.notes:
        found.append(Fact(_("Remark"), customer.notes))
    return Fold("since", _("Customer since"), _day(customer.customer_since), found)


def _opinion(customer: Customer) -> Fold:
    state, facts = customer.account_state, []
    if state.satisfaction is not None:
        said = formats.number(state.satisfaction, decimals=1)
        facts.append(Fact(_("Satisfaction"), _("%(points)s of 5") % {"points": said}))
    if state.nps is not None:
        facts.append(Fact(_("Would recommend (NPS)"), formats.number(state.nps)))
    if state.ticket_count:
        last = f", {_day(state.last_ticket_on)}" if state.last_ticket_on else ""
        facts.append(Fact(_("Tickets"), f"{formats.number(state.ticket_count)}{last}"))
    summary = f"{facts[0].name}: {facts[0].value}" if facts else ""
    return Fold("opinion", _("Opinion and tickets"), summary, facts)


def _unset(customer: Customer) -> list[str]:
    checks = {
        _("e-mail"): customer.email,
        _("other phone"): customer.alternate_phone,
        _("map point"): customer.latitude is not None,
        _("National ID"): customer.national_id_fingerprint,
        _("collector"): customer.collector_id,
        _("referral"): customer.referred_by_id,
    }
    return [name for name, is_set in checks.items() if not is_set]


def _day(on: date | None) -> str:
    return formats.day(on, get_language() or "en") if on is not None else ""
