"""What deciding about held money would do, in words for the dialog that asks for the reason."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import AccountState, Suspension
from ispbill.core import balances, formats
from ispbill.core.money import ZERO
from payments.online.models import PaymentAttempt
from payments.online.services import giving_back, review

Change = dict[str, str]

_UNPAID = (Suspension.Kind.NON_PAYMENT, Suspension.Kind.PREPAID)


def of_crediting(attempt: PaymentAttempt, *, at: datetime) -> tuple[list[str], list[Change]]:
    """Return what crediting does, and the balance and the services before and after it.

    Raises NotCreditable.
    """
    seen = review.expected(attempt=attempt, at=at)
    effects = [
        _("%(amount)s is credited to %(name)s (%(number)s); the oldest bills are paid first.")
        % {
            "amount": formats.money(seen.amount),
            "name": attempt.customer.name,
            "number": attempt.customer.number,
        },
        _("The customer gets a receipt."),
    ]
    if attempt.paid_amount is not None and attempt.paid_amount != attempt.amount:
        effects.insert(
            1, _("%(amount)s was asked for.") % {"amount": formats.money(attempt.amount)}
        )
    return effects, _changes(attempt, after=seen.balance, reopened=seen.reopened)


def of_refusing(attempt: PaymentAttempt) -> tuple[list[str], list[Change]]:
    """Return what not crediting does; the balance and the services stay as they are."""
    effects = [
        _("%(amount)s is not credited: it is owed back to the payer.")
        % {"amount": formats.money(giving_back.owed(attempt))},
        _("The customer is told that the payment was not accepted."),
    ]
    return effects, _changes(attempt, after=_balance(attempt), reopened=0)


def _changes(attempt: PaymentAttempt, *, after: Decimal, reopened: int) -> list[Change]:
    changes = [
        {
            "label": _("Balance"),
            "before": balances.words(_balance(attempt)),
            "after": balances.words(after),
        }
    ]
    cut = Suspension.objects.filter(
        subscription__customer=attempt.customer_id, ended_at__isnull=True, kind__in=_UNPAID
    ).count()
    if cut:
        changes.append(
            {
                "label": _("Internet"),
                "before": ngettext(
                    "%(n)s suspended for non-payment", "%(n)s suspended for non-payment", cut
                )
                % {"n": formats.number(cut)},
                "after": _line_words(cut, reopened),
            }
        )
    return changes


def _line_words(cut: int, reopened: int) -> str:
    if not reopened:
        return _("Stays suspended")
    if reopened >= cut:
        return _("Switched on again")
    return _("%(n)s of %(all)s switched on again") % {
        "n": formats.number(reopened),
        "all": formats.number(cut),
    }


def _balance(attempt: PaymentAttempt) -> Decimal:
    account_state = AccountState.objects.filter(customer=attempt.customer_id)
    return account_state.values_list("balance_amount", flat=True).first() or ZERO
