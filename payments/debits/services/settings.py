"""The company's choices about debit orders, and its service keys at NetCash."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import crypto
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from payments.bank.models import BankAccount
from payments.debits.models import DebitSettings
from payments.online.gateways.netcash import sandbox
from payments.online.gateways.netcash.client import LIVE
from payments.online.gateways.netcash.contract import NetcashError, Service
from payments.online.models import GatewayAccount
from payments.online.services import accounts, connection, setup

SLUG = "netcash"
NEEDED = ("account", "debit_order")
"""The keys without which nothing can be collected."""


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
    bank_account: BankAccount | None = None


@transaction.atomic
def choose(*, choices: Choices, act: Act[User]) -> DebitSettings:
    """Keep the choices. Raises ChoiceRefused without keys, or where bills are not in Rand."""
    trail.begin(act=act.because("debit order settings changed"))
    row = held_choices()
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
    row.bank_account = choices.bank_account
    row.save()
    was, now = events.changes(before, _snapshot(row))
    if now:
        events.record(
            act=act,
            action="debit_settings.changed",
            target=row,
            label=_("Debit orders"),
            before=was,
            after=now,
        )
    return row


def held_choices() -> DebitSettings:
    """Lock the choices, which are about to be changed."""
    DebitSettings.objects.get_or_create(pk=1)
    return DebitSettings.objects.select_for_update().get(pk=1)


def save_keys(*, base_url: str, given: Mapping[str, str], act: Act[User]) -> GatewayAccount:
    """Seal the service keys; one left empty stays as it was. They are never shown again.

    Another address needs the keys typed again, or they would be sent to somebody who must not have
    them. What was tried is tried no longer. Raises SetupRefused, ChoiceRefused, and ReasonMissing
    where keys are kept already.
    """
    base_url = base_url.strip().rstrip("/")
    setup.check_address(base_url, is_live=base_url == LIVE)
    with transaction.atomic():
        return _keep_keys(base_url, given, act=act)


def use_simulator(*, act: Act[User]) -> GatewayAccount:
    """Connect to this machine's simulated NetCash. Raises ChoiceRefused where there is none."""
    if not settings.SIMULATORS:
        raise ChoiceRefused(_("There are no simulators here."))
    try:
        address, keys = sandbox.address(settings.SANDBOX_DIR)
    except NetcashError as error:
        raise ChoiceRefused(_("The simulated NetCash is not running.")) from error
    given = {service.value: keys.of(service) for service in Service}
    return save_keys(
        base_url=address, given=given, act=act.because("connected to the simulated NetCash")
    )


def check_keys(*, act: Act[User]) -> list[tuple[str, bool, str]]:
    """Try every key with a question that changes nothing: service, whether it works, words.

    Raises NotConnected, ChoiceRefused when NetCash does not answer.
    """
    tried, netcash = connection.account(), connection.client()
    try:
        verdicts = netcash.check_keys()
    except NetcashError as error:
        _note_check(tried, False, str(error), act=act)
        raise ChoiceRefused(_("NetCash does not answer: %(why)s") % {"why": error}) from error
    found = [(one.service.value, one.is_valid, _(one.words)) for one in verdicts]
    works = bool(found) and all(is_valid for _name, is_valid, _words in found)
    words = "; ".join(f"{name}: {said}" for name, _is_valid, said in found)
    _note_check(tried, works, words, act=act)
    return found


def account() -> GatewayAccount | None:
    """Return our account with NetCash, enabled or not."""
    return GatewayAccount.objects.filter(provider=GatewayAccount.Provider.NETCASH).first()


def held_account() -> GatewayAccount | None:
    """Lock our account with NetCash, whose keys are about to be changed."""
    return (
        GatewayAccount.objects.select_for_update()
        .filter(provider=GatewayAccount.Provider.NETCASH)
        .order_by("position", "pk")
        .first()
    )


def saved_keys() -> dict[str, bool]:
    """Tell which keys are there, never what they are."""
    found = account()
    known = _known(found) if found is not None else {}
    return {name: bool(known.get(name)) for name in connection.KEYS}


def key_marks() -> dict[str, str]:
    """Return what tells each key from the next one, and nothing of it."""
    found = account()
    known = _known(found) if found is not None else {}
    return {
        name: crypto.fingerprint(known.get(name, ""), purpose="edit-form")
        for name in connection.KEYS
    }


def base_url() -> str:
    """Return the address NetCash is asked at."""
    found = account()
    return found.base_url if found is not None else LIVE


def postback_secret() -> str:
    """Return the secret part of the address NetCash posts to; another one with a new key."""
    return _postback_secrets()[0]


def is_postback_secret(given: str) -> bool:
    """Tell whether a post came to our address: an older key's is good until that key is gone."""
    return any([constant_time_compare(given, secret) for secret in _postback_secrets()])


def _postback_secrets() -> list[str]:
    told = crypto.fingerprints("mandates", purpose="netcash-postback")
    return [secret[:40] for secret in told]


def _known(account: GatewayAccount) -> dict[str, str]:
    return accounts.credentials_of(account) if account.sealed_credentials else {}


def _keep_keys(base_url: str, given: Mapping[str, str], *, act: Act[User]) -> GatewayAccount:
    reason = act.reason
    trail.begin(act=act.because(reason or "NetCash connected"))
    found = held_account()
    account = found or GatewayAccount(
        slug=SLUG,
        provider=GatewayAccount.Provider.NETCASH,
        name=_("Debit order"),
        created_at=act.at,
    )
    kept, before = _known(account), account.base_url
    if kept:
        reason = trail.required_reason(reason)
    typed = {name: given[name].strip() for name in connection.KEYS if given.get(name, "").strip()}
    if kept and base_url != before and not set(NEEDED) <= set(typed):
        raise ChoiceRefused(_("Another address needs the account and debit order keys again."))
    whole = (kept if base_url == before else {}) | typed
    if (whole, base_url) == (kept, before):
        return account
    account.base_url, account.is_live = base_url, base_url == LIVE
    account.sealed_credentials = accounts.sealed(account, whole)
    account.is_enabled = set(NEEDED) <= set(whole)
    account.tested_at, account.is_test_passed, account.test_words = None, None, ""
    account.save()
    changed = sorted(name for name in whole if whole[name] != kept.get(name))
    events.record(
        act=act.because(reason),
        action="gateway_account.keys_changed",
        target=account,
        before={"address": before},
        after={"address": account.base_url, "keys": sorted(whole), "changed": changed},
    )
    return account


@transaction.atomic
def _note_check(tried: GatewayAccount | None, works: bool, words: str, *, act: Act[User]) -> None:
    """Note what an attempt came to, unless the keys or their address have changed meanwhile."""
    if tried is None:
        return
    trail.begin(act=act.because("NetCash service keys tried"))
    GatewayAccount.objects.filter(
        pk=tried.pk, sealed_credentials=tried.sealed_credentials, base_url=tried.base_url
    ).update(tested_at=act.at, is_test_passed=works, test_words=words[:300])


def _snapshot(row: DebitSettings) -> dict[str, object]:
    return {
        "is_on": row.is_on,
        "instruction": row.instruction,
        "authorises_itself": row.authorises_itself,
        "line_limit": str(row.line_limit_amount or ""),
        "batch_limit": str(row.batch_limit_amount or ""),
        "most_failures": row.most_failures,
        "bank_account": str(row.bank_account or ""),
    }
