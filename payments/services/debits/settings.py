"""The company's choices about debit orders, and its service keys at NetCash."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import crypto
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from payments.gateways.netcash import sandbox
from payments.gateways.netcash.client import LIVE
from payments.gateways.netcash.contract import NetcashError, Service
from payments.models import DebitSettings, GatewayAccount
from payments.services.debits import connection
from payments.services.gateways import accounts

SLUG = "netcash"


class ChoiceRefused(DomainError):
    """Debit orders cannot be switched on like this."""


@dataclass(frozen=True)
class Choices:
    """What can be chosen; limits in Rand, None for none."""

    is_on: bool
    instruction: str
    authorises_itself: bool
    line_limit: Decimal | None
    batch_limit: Decimal | None
    most_failures: int


@transaction.atomic
def choose(*, choices: Choices, at: datetime, actor: User) -> DebitSettings:
    """Keep the choices. Raises ChoiceRefused without keys, or where bills are not in Rand."""
    trail.begin(actor=actor, at=at, reason="debit order settings changed")
    DebitSettings.objects.get_or_create(pk=1)
    row = DebitSettings.objects.select_for_update().get(pk=1)
    if choices.is_on and not row.is_on:
        if Company.current().currency != connection.CURRENCY:
            raise ChoiceRefused(
                _("NetCash collects in Rand (ZAR); the company's money is another.")
            )
        if connection.account() is None:
            raise ChoiceRefused(_("Save the service keys first."))
    before = _snapshot(row)
    row.is_on, row.instruction = choices.is_on, choices.instruction
    row.authorises_itself, row.most_failures = choices.authorises_itself, choices.most_failures
    row.line_limit_amount, row.batch_limit_amount = choices.line_limit, choices.batch_limit
    row.save()
    was, now = events.changes(before, _snapshot(row))
    if now:
        events.record(
            at=at, actor=actor, action="debit_settings.changed", target=row,
            label=_("Debit orders"), before=was, after=now,
        )  # fmt: skip
    return row


@transaction.atomic
def save_keys(
    *, base_url: str, given: Mapping[str, str], at: datetime, actor: User
) -> GatewayAccount:
    """Seal the service keys; one left empty stays as it was. They are never shown again."""
    trail.begin(actor=actor, at=at, reason="NetCash service keys changed")
    found = (
        GatewayAccount.objects.select_for_update()
        .filter(provider=GatewayAccount.Provider.NETCASH)
        .order_by("position", "pk")
        .first()
    )
    account = found or GatewayAccount(
        slug=SLUG, provider=GatewayAccount.Provider.NETCASH, name=_("Debit order"), created_at=at
    )
    kept = _known(account)
    kept |= {name: given[name].strip() for name in connection.KEYS if given.get(name, "").strip()}
    account.base_url = base_url.rstrip("/")
    account.is_live = account.base_url == LIVE
    account.sealed_credentials = accounts.sealed(account, kept)
    account.is_enabled = bool(kept.get("debit_order") and kept.get("account"))
    account.save()
    events.record(
        at=at, actor=actor, action="gateway_account.keys_changed", target=account,
        label=account.name, after={"address": account.base_url, "keys": sorted(kept)},
    )  # fmt: skip
    return account


def use_simulator(*, at: datetime, actor: User) -> GatewayAccount:
    """Connect to this machine's simulated NetCash. Raises ChoiceRefused where there is none."""
    if not settings.SIMULATORS:
        raise ChoiceRefused(_("There are no simulators here."))
    try:
        address, keys = sandbox.address(settings.SANDBOX_DIR)
    except NetcashError as error:
        raise ChoiceRefused(_("The simulated NetCash is not running.")) from error
    given = {service.value: keys.of(service) for service in Service}
    return save_keys(base_url=address, given=given, at=at, actor=actor)


def check_keys(*, at: datetime, actor: User) -> list[tuple[str, bool, str]]:
    """Try every key with a question that changes nothing: service, whether it works, words.

    Raises NotConnected, ChoiceRefused when NetCash does not answer.
    """
    netcash = connection.client()
    try:
        verdicts = netcash.check_keys()
    except NetcashError as error:
        _note_check(False, str(error), at=at, actor=actor)
        raise ChoiceRefused(_("NetCash does not answer: %(why)s") % {"why": error}) from error
    found = [(one.service.value, one.is_valid, _(one.words)) for one in verdicts]
    works = bool(found) and all(is_valid for _name, is_valid, _words in found)
    words = "; ".join(f"{name}: {said}" for name, _is_valid, said in found)
    _note_check(works, words, at=at, actor=actor)
    return found


def account() -> GatewayAccount | None:
    """Return our account with NetCash, enabled or not."""
    return GatewayAccount.objects.filter(provider=GatewayAccount.Provider.NETCASH).first()


def saved_keys() -> dict[str, bool]:
    """Tell which keys are there, never what they are."""
    found = account()
    known = _known(found) if found is not None else {}
    return {name: bool(known.get(name)) for name in connection.KEYS}


def base_url() -> str:
    """Return the address NetCash is asked at."""
    found = account()
    return found.base_url if found is not None else LIVE


def postback_secret() -> str:
    """Return the secret part of the address NetCash posts to; the same for ever."""
    return crypto.fingerprint("mandates", purpose="netcash-postback")[:40]


def _known(account: GatewayAccount) -> dict[str, str]:
    return accounts.credentials_of(account) if account.sealed_credentials else {}


@transaction.atomic
def _note_check(works: bool, words: str, *, at: datetime, actor: User) -> None:
    trail.begin(actor=actor, at=at, reason="NetCash service keys tried")
    account = connection.account()
    if account is None:
        return
    GatewayAccount.objects.filter(pk=account.pk).update(
        tested_at=at, is_test_passed=works, test_words=words[:300]
    )


def _snapshot(row: DebitSettings) -> dict[str, object]:
    return {
        "is_on": row.is_on,
        "instruction": row.instruction,
        "authorises_itself": row.authorises_itself,
        "line_limit": str(row.line_limit_amount or ""),
        "batch_limit": str(row.batch_limit_amount or ""),
        "most_failures": row.most_failures,
    }
