"""What the end of a service does to the money: last days, days given back, fee. Reads only."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from billing.changes.queries import contract_fees
from billing.changes.rules.exit_fee import FREE, Cause
from billing.invoices.queries import billed_lines
from billing.invoices.queries.billed_lines import Held
from billing.invoices.rules.giving_back import Back, give_back_from, nothing_back
from billing.ledger.rules.tax import document_total, tax_line
from billing.pricing.models import ContractTerms
from billing.pricing.queries import outlook, service_terms, tariffs
from billing.pricing.queries.outlook import Outlook
from customers.models import Subscription
from ispbill.core.models import Company
from ispbill.core.money import Taxed, round_money


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


def of(
    subscription: Subscription,
    *,
    on: date,
    today: date,
    with_fee: bool = True,
    cause: Cause = Cause.NOTICE,
) -> Ending:
    """Work out the end of a service; `on` is its first day without it, `today` the bill's day.

    Needs the subscription's customer and package.
    """
    fee = fee_of(subscription, on=on, today=today, cause=cause) if with_fee else None
    first = first_free(subscription, on=on, cause=cause)
    gives_back = first < on or Company.current().credits_on_termination
    backs = given_back(subscription, on=first) if gives_back else []
    return Ending(on, outlook.last_days(subscription, on=first), backs, fee)


def first_free(subscription: Subscription, *, on: date, cause: Cause) -> date:
    """Return the first company date nothing is paid for when a service ends on a day.

    A contract that is taken back may say that the days used are free too.
    """
    if cause != Cause.COOLING_OFF or subscription.activated_on is None:
        return on
    terms = ContractTerms.objects.filter(subscription=subscription, bills_used_days=False).first()
    is_free = terms is not None and terms.ended_cause in ("", Cause.COOLING_OFF)
    return min(on, subscription.activated_on) if is_free else on


def given_back(subscription: Subscription, *, on: date) -> list[tuple[Held, Back]]:
    """Return the billed days from `on` with what is left of them, add-ons included."""
    policy = service_terms.policy()
    found = []
    for held in billed_lines.holding([subscription.pk], start=on, item=None):
        back = give_back_from(held.charged, held.days.start, policy)
        found.append((held, back or nothing_back(held.charged, held.days)))
    return found


def fee_of(
    subscription: Subscription, *, on: date, today: date, cause: Cause = Cause.NOTICE
) -> Fee | None:
    """Return the fee for ending on a day before the contract does; the one place that says it.

    A signed contract's own terms decide, else the company's rule. Raises TooLateToCoolOff.
    """
    if subscription.activated_on is None:
        return None
    terms = ContractTerms.objects.filter(subscription=subscription, ended_on__isnull=True).first()
    if terms is not None:
        found = contract_fees.net(subscription, terms, on=on, today=today, cause=cause)
    elif cause in FREE:
        found = None
    else:
        found = _by_company(subscription, on=on, today=today)
    if found is None or found[0] <= 0:
        return None
    net, explanation = found
    rate = tariffs.tax_rate(subscription.package.tax_class_id, today)
    exempt = subscription.customer.is_tax_exempt
    explanation |= {"on": on.isoformat(), "amount": f"{net:f}"}
    return Fee(
        amount=tax_line(round_money(net), rate, exempt=exempt),
        tax_rate=Decimal(0) if exempt else rate,
        description=_("Early termination"),
        explanation=explanation,
    )


def _by_company(
    subscription: Subscription, *, on: date, today: date
) -> tuple[Decimal, dict[str, Any]] | None:
    company, until = Company.current(), subscription.contract_ends_on
    rules = Company.EarlyTermination
    if until is None or until <= on or company.early_termination == rules.NONE:
        return None
    explanation: dict[str, Any] = {
        "rule": company.early_termination,
        "contract_ends_on": until.isoformat(),
    }
    if company.early_termination == rules.FIXED:
        return company.early_termination_amount, explanation
    net, explanation["stretches"] = contract_fees.days_left(
        subscription, on=on, until=until, today=today
    )
    return net, explanation
