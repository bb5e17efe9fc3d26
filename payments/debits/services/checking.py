"""Asking NetCash whether an account number can be right, before anybody relies on it.

A form asks at once and waits a few seconds at most; when nobody answers, the account is kept and
the worker asks again. Only digits are judged: whose account it is nobody tells.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from billing.ledger.services import account_states
from ispbill.audit.services import events, trail
from ispbill.core import crypto
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from payments.debits.services import methods
from payments.online.gateways.netcash.client import Netcash
from payments.online.gateways.netcash.contract import AccountKind, NetcashError, WrongKey
from payments.online.models import PaymentMethod
from payments.online.services import connection

Check = PaymentMethod.Check
SHORT = (1.5, 3.5)
"""Seconds to connect and for the answer while somebody waits for a page."""
MOST_AT_ONCE = 50


class NumberRefused(DomainError):
    """NetCash says that no account has this number."""


@dataclass(frozen=True)
class Checked:
    """What is known of a number; `words` (marked texts) say why it is refused."""

    state: str
    words: str = ""


def ask(details: Mapping[str, str]) -> Checked:
    """Ask about an account that is being typed in, outside of any transaction.

    WAITING when NetCash does not answer in time, NONE without an account or key for the check.
    """
    try:
        netcash = connection.client(timeout=SHORT)
    except connection.NotConnected:
        return Checked(Check.NONE)
    return judge(details, netcash=netcash)


def refuse_wrong(details: Mapping[str, str]) -> Checked:
    """Ask, and raise NumberRefused for a number no account has."""
    checked = ask(details)
    if checked.state == Check.WRONG:
        raise NumberRefused(_(checked.words))
    return checked


def judge(details: Mapping[str, str], *, netcash: Netcash) -> Checked:
    """Return what NetCash says of an account's number, branch and kind."""
    try:
        verdict = netcash.validate_account(
            details["number"], details["branch_code"], AccountKind[details["kind"]]
        )
    except WrongKey as error:
        return Checked(Check.WAITING if error.code else Check.NONE)
    except NetcashError:
        return Checked(Check.WAITING)
    return Checked(Check.GOOD) if verdict.is_valid else Checked(Check.WRONG, verdict.words)


def check_waiting(*, netcash: Netcash, at: datetime) -> int:
    """Ask about the accounts nobody answered for yet; return how many are answered now."""
    waiting = PaymentMethod.objects.filter(check_state=Check.WAITING, removed_at__isnull=True)
    answered = 0
    for method in waiting.order_by("pk")[:MOST_AT_ONCE]:
        try:
            checked = judge(methods.details_of(method), netcash=netcash)
        except crypto.Unreadable:
            continue
        if checked.state == Check.WAITING:
            break  # nobody answers: the next round asks again
        answered += _answered(method, checked, at=at)
    return answered


@transaction.atomic
def _answered(method: PaymentMethod, checked: Checked, *, at: datetime) -> int:
    trail.begin(act=Act(None, at, reason="account number checked by NetCash"))
    account_states.lock([method.customer_id])
    method = PaymentMethod.objects.select_related("customer").get(pk=method.pk)
    if method.check_state != Check.WAITING or method.removed_at is not None:
        return 0
    method.check_state, method.check_words = checked.state, checked.words[:200]
    method.save(update_fields=["check_state", "check_words"])
    events.record(
        act=Act(None, at),
        action="payment_method.checked",
        target=method,
        branch_id=method.customer.branch_id,
        after={"check": checked.state, "words": checked.words},
    )
    return 1
