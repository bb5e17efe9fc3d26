"""What the end of a service does to the money: last days, days given back, fee. Reads only."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from billing.invoices.queries import billed_lines
from billing.invoices.queries.billed_lines import Held
from billing.invoices.rules.giving_back import Back, give_back_from, nothing_back
from billing.ledger.rules.tax import document_total, tax_line
from billing.pricing.queries import outlook, service_terms, tariffs
from billing.pricing.queries.outlook import Outlook
from customers.models import Subscription
from ispbill.core.models import Company
from ispbill.core.money import ZERO, Taxed, round_money


@dataclass(frozen=True)
class Fee:
    """What ending before the contract does costs, and how it was worked out."""

    amount: Taxed
    tax_rate: Decimal
    description: str
    explanation: dict[str, Any]


@dataclass(frozen=True)
class Ending:
    """The end of a service on a company date: what is billed and what is given back."""

    on: date
    last: Outlook
    backs: list[tuple[Held, Back]] = field(default_factory=list)
    fee: Fee | None = None

    @property
    def billed(self) -> Taxed:
        """The last days and the fee."""
        fee = self.fee.amount if self.fee else Taxed.nothing()
        return self.last.total + fee

    @property
    def given_back(self) -> Taxed:
        return document_total(back.amount for _held, back in self.backs)

    @property
    def total(self) -> Decimal:
        """What the end asks for with tax; below zero when it gives money back."""
        return self.billed.gross - self.given_back.gross


def of(subscription: Subscription, *, on: date, today: date, with_fee: bool = True) -> Ending:
    """Work out the end of a service; `on` is its first day without it, `today` the bill's day.

    Needs the subscription's customer and package.
    """
    last = outlook.last_days(subscription, on=on)
    backs = given_back(subscription, on=on) if Company.current().credits_on_termination else []
    return Ending(on, last, backs, fee_of(subscription, on=on, today=today) if with_fee else None)


def given_back(subscription: Subscription, *, on: date) -> list[tuple[Held, Back]]:
    """Return the billed days from `on` with what is left of them, add-ons included."""
    policy = service_terms.policy()
    found = []
    for held in billed_lines.holding([subscription.pk], start=on, item=None):
        back = give_back_from(held.charged, held.days.start, policy)
        found.append((held, back or nothing_back(held.charged, held.days)))
    return found


def fee_of(subscription: Subscription, *, on: date, today: date) -> Fee | None:
    """Return the fee for ending on a day before the contract does, by the company's rule."""
    company, until = Company.current(), subscription.contract_ends_on
    rules = Company.EarlyTermination
    if until is None or until <= on or company.early_termination == rules.NONE:
        return None
    if subscription.activated_on is None:
        return None
    rate = tariffs.tax_rate(subscription.package.tax_class_id, today)
    exempt = subscription.customer.is_tax_exempt
    explanation: dict[str, Any] = {
        "rule": company.early_termination,
        "contract_ends_on": until.isoformat(),
        "on": on.isoformat(),
    }
    if company.early_termination == rules.FIXED:
        net = company.early_termination_amount
    else:
        net, explanation["stretches"] = _rest_of_contract(subscription, on, until, today)
    if net <= 0:
        return None
    explanation["amount"] = f"{net:f}"
    return Fee(
        amount=tax_line(round_money(net), rate, exempt=exempt),
        tax_rate=Decimal(0) if exempt else rate,
        description=_("Early termination"),
        explanation=explanation,
    )


def _rest_of_contract(
    subscription: Subscription, on: date, until: date, today: date
) -> tuple[Decimal, list[str]]:
    """Price the days from the service's end to its contract's, less those that stay billed."""
    start = on
    if not Company.current().credits_on_termination:
        schedule = getattr(subscription, "schedule", None)
        if schedule is not None and schedule.billed_until is not None:
            start = max(on, schedule.billed_until)
    priced = tariffs.service_stretch(subscription, start=start, end=until, issued_on=today)
    net = sum((part.charge.amount.net for part in priced), start=ZERO)
    return net, [part.charge.explanation["formula"] for part in priced]
