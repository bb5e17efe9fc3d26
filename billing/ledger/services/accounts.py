"""Ledger accounts of the company's own, beside those the code posts to."""

from django.db import transaction
from django.utils.translation import gettext as _

from billing.ledger.models import Account
from billing.ledger.rules.chart import ACCOUNTS
from ispbill.audit.services import events, trail
from ispbill.core.actors import Actor
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

LOWEST, HIGHEST = 1000, 9999


class CodeTaken(DomainError):
    """There is an account of this code already, or the code is kept for the product."""


class CodeOutOfRange(DomainError):
    """Codes have four digits, the first one by kind."""


FIRST_DIGITS = {
    Account.Kind.ASSET: "1",
    Account.Kind.LIABILITY: "2",
    Account.Kind.EQUITY: "3",
    Account.Kind.INCOME: "4",
    Account.Kind.EXPENSE: "56789",
}


@transaction.atomic
def add(*, code: int, name: str, kind: str, act: Act[Actor]) -> Account:
    """Add an account. It stays for good: accounts are never removed nor change their kind.

    Raises CodeTaken, CodeOutOfRange.
    """
    trail.begin(act=act.because(""))
    if not LOWEST <= code <= HIGHEST or str(code)[0] not in FIRST_DIGITS[Account.Kind(kind)]:
        raise CodeOutOfRange(
            _("Codes have four digits: assets 1, liabilities 2, equity 3, income 4, expenses 5–9.")
        )
    if code in ACCOUNTS or Account.objects.filter(code=code).exists():
        raise CodeTaken(_("There is an account %(code)s already.") % {"code": code})
    account = Account.objects.create(code=code, name=name.strip()[:80], kind=kind)
    events.record(
        act=act,
        action="account.added",
        target=account,
        after={"code": code, "name": account.name, "kind": kind},
    )
    return account
