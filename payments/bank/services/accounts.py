"""Our own bank accounts, as statements are imported for them."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from billing.ledger.services import ledger
from ispbill.accounts.models import Branch, User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from payments.bank.models import BankAccount


class AccountRefused(DomainError):
    """The account cannot be kept like this."""


@dataclass(frozen=True)
class Wanted:
    """What a bank account is to be."""

    name: str
    number: str
    method: str
    account: int  # its code in the books
    branch: Branch


def add(*, wanted: Wanted, act: Act[User | None]) -> BankAccount:
    """Keep a bank account of ours. Raises AccountRefused."""
    return _save(BankAccount(created_at=act.at), wanted, "bank_account.added", act=act)


def change(*, account: BankAccount, wanted: Wanted, act: Act[User | None]) -> BankAccount:
    """Change what an account is called and where its money goes from now on.

    Its place in the books stays once lines were imported: they are booked there. Raises
    AccountRefused.
    """
    if account.lines.exists() and wanted.account != account.account_id:
        raise AccountRefused(
            _("Lines of this account are booked already; its ledger account stays.")
        )
    return _save(account, wanted, "bank_account.changed", act=act)


def _save(
    account: BankAccount, wanted: Wanted, action: str, *, act: Act[User | None]
) -> BankAccount:
    account.name, account.number = wanted.name.strip(), wanted.number.strip()
    account.method, account.account_id = wanted.method, wanted.account
    account.branch = wanted.branch
    try:
        with transaction.atomic():
            trail.begin(act=act.because(""))
            ledger.open_chart()
            account.save()
            events.record(
                act=act,
                action=action,
                target=account,
                after={"ledger": wanted.account, "method": account.method},
            )
    except IntegrityError as error:
        raise AccountRefused(_("There is an account of this name already.")) from error
    return account
