"""Setting up our accounts with gateways: credentials go in and never come out again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ispbill.audit.services import events, trail
from ispbill.core import crypto, outbound
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from payments.online.gateways import http, registry
from payments.online.gateways.registry import Field
from payments.online.models import GatewayAccount
from payments.online.services import accounts, connection, netcash_keys

EDITABLE = ("name", "base_url", "is_live", "fee_rate", "position")
PROVIDERS = tuple(registry.MAKERS)


class SetupRefused(DomainError):
    """The account cannot be kept as described."""


@dataclass(frozen=True)
class Told:
    """One step of a test, in the reader's language."""

    words: str
    is_passed: bool


@dataclass(frozen=True)
class Verdict:
    """What a test of an account came to; the last step says what is wrong."""

    steps: Sequence[Told]

    @property
    def is_passed(self) -> bool:
        return all(step.is_passed for step in self.steps)

    @property
    def words(self) -> str:
        return self.steps[-1].words


def credentials_wanted(provider: str) -> tuple[Field, ...]:
    """Return what a provider's account is opened with; labels are marked texts."""
    return registry.MAKERS[provider].fields


def addresses(provider: str) -> tuple[str, str]:
    """Return a provider's usual live address and that of its test system."""
    maker = registry.MAKERS[provider]
    return maker.live_url, maker.test_url


def open_credentials(account: GatewayAccount) -> dict[str, str]:
    """Return those credentials of an account that are no secrets, for a form to show."""
    return _readable(account, secret=False)


def secret_marks(account: GatewayAccount) -> dict[str, str]:
    """Return what tells each secret of an account from the next one, and nothing of it."""
    kept = _readable(account, secret=True)
    return {name: crypto.fingerprint(text, purpose="edit-form") for name, text in kept.items()}


def _readable(account: GatewayAccount, *, secret: bool) -> dict[str, str]:
    if not account.sealed_credentials:
        return {}
    try:
        kept = accounts.credentials_of(account)
    except crypto.Unreadable:
        return {}
    wanted = credentials_wanted(account.provider)
    return {field.name: kept.get(field.name, "") for field in wanted if field.is_secret is secret}


def add(
    *, provider: str, values: Mapping[str, Any], credentials: Mapping[str, str], act: Act
) -> GatewayAccount:
    """Keep a new account, switched off. `values`: see EDITABLE. Raises SetupRefused."""
    account = GatewayAccount(provider=provider, created_at=act.at)
    for name in EDITABLE:
        if name in values:
            setattr(account, name, values[name])
    account.base_url = _checked(account.base_url, is_live=account.is_live)
    _check_fee(account.fee_rate)
    account.slug = _free_slug(provider)
    account.sealed_credentials = accounts.sealed(account, _whole(account, {}, credentials))
    try:
        with transaction.atomic():
            trail.begin(act=act.because(""))
            account.save()
            events.record(act=act, action="gateway.added", target=account, after=_snapshot(account))
    except IntegrityError as error:
        raise SetupRefused(_("Somebody added a gateway at this moment. Try again.")) from error
    return account


def change(
    *, account: GatewayAccount, values: Mapping[str, Any], credentials: Mapping[str, str], act: Act
) -> GatewayAccount:
    """Change an account; credentials left empty stay as they are.

    Another host needs every secret again, or it would be sent to somebody who must not have it.
    What was tested is tested no longer. Raises SetupRefused, ReasonMissing.
    """
    act = act.because(trail.required_reason(act.reason))
    values = dict(values)
    values["base_url"] = _checked(
        values.get("base_url", account.base_url), is_live=values.get("is_live", account.is_live)
    )
    with transaction.atomic():
        trail.begin(act=act)
        account = GatewayAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
        was, host = _snapshot(account), _host(account.base_url)
        for name in EDITABLE:
            if name in values:
                setattr(account, name, values[name])
        _check_fee(account.fee_rate)
        kept = accounts.credentials_of(account) if account.sealed_credentials else {}
        whole = _whole(account, {} if _host(account.base_url) != host else kept, credentials)
        before, after = events.changes(was, _snapshot(account))
        if whole != kept:
            account.sealed_credentials = accounts.sealed(account, whole)
            # Names of what was replaced; the values are nobody's business.
            after["credentials"] = sorted(
                name for name in whole if whole[name] != kept.get(name, "")
            )
        if not after:
            return account
        account.tested_at, account.is_test_passed, account.test_words = None, None, ""
        _note_live(account, at=act.at)
        account.save()
        events.record(act=act, action="gateway.changed", target=account, before=before, after=after)
    return account


def switch(*, account: GatewayAccount, is_enabled: bool, act: Act) -> GatewayAccount:
    """Offer an account to customers, or stop offering it. Payments under way go on.

    Raises SetupRefused without credentials, ReasonMissing.
    """
    act = act.because(trail.required_reason(act.reason))
    with transaction.atomic():
        trail.begin(act=act)
        account = GatewayAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
        if account.is_enabled == is_enabled:
            return account
        if is_enabled and not account.sealed_credentials:
            raise SetupRefused(_("Type the credentials first."))
        account.is_enabled = is_enabled
        _note_live(account, at=act.at)
        account.save(update_fields=["is_enabled", "went_live_at"])
        events.record(
            act=act,
            target=account,
            action="gateway.switched_on" if is_enabled else "gateway.switched_off",
            before={"is_enabled": not is_enabled},
            after={"is_enabled": is_enabled},
        )
    return account


def test(*, account: GatewayAccount, act: Act) -> Verdict:
    """Try address and credentials without moving money, and note what came of it."""
    verdict = _tried(account, at=act.at)
    with transaction.atomic():
        trail.begin(act=act.because(""))
        # Of what was tried: somebody may have changed the account meanwhile.
        GatewayAccount.objects.filter(
            pk=account.pk, sealed_credentials=account.sealed_credentials, base_url=account.base_url
        ).update(tested_at=act.at, is_test_passed=verdict.is_passed, test_words=verdict.words[:300])
    return verdict


def _note_live(account: GatewayAccount, *, at: datetime) -> None:
    """Note since when customers pay real money through an account; a test account is not live."""
    if not account.is_live:
        account.went_live_at = None
    elif account.is_enabled and account.went_live_at is None:
        account.went_live_at = at


def _tried(account: GatewayAccount, *, at: datetime) -> Verdict:
    if not account.sealed_credentials:
        return Verdict([Told(_("No credentials have been typed yet."), is_passed=False)])
    try:
        if account.provider == GatewayAccount.Provider.NETCASH:
            steps = netcash_keys.tried(connection.keys_of(account), account.base_url)
            return Verdict([Told(words, is_passed) for words, is_passed in steps])
        gateway = accounts.gateway_of(account, at=at)
    except crypto.Unreadable:
        words = _("The stored credentials cannot be opened with our keys. Type them again.")
        return Verdict([Told(words, is_passed=False)])
    return Verdict([Told(_(step.words) % step.values, step.is_passed) for step in gateway.test()])


def _whole(
    account: GatewayAccount, kept: Mapping[str, str], typed: Mapping[str, str]
) -> dict[str, str]:
    """Return all credentials: what was typed over what was kept. Raises SetupRefused."""
    whole: dict[str, str] = {}
    for field in credentials_wanted(account.provider):
        value = typed.get(field.name, "").strip() or kept.get(field.name, "") or field.default
        if not value and field.is_required:
            label = _(field.label)
            if account.pk:
                raise SetupRefused(
                    _("Another address needs %(field)s typed again.") % {"field": label}
                )
            raise SetupRefused(_("%(field)s is missing.") % {"field": label})
        whole[field.name] = value
    return whole


def _checked(base_url: str, *, is_live: bool) -> str:
    """Return the address as it is kept. Raises SetupRefused; asks the resolver, so not for a
    transaction."""
    base_url = base_url.strip().rstrip("/")
    check_address(base_url, is_live=is_live)
    return base_url


def _check_fee(fee_rate: Decimal) -> None:
    if not Decimal(0) <= fee_rate < Decimal(1):
        raise SetupRefused(_("The fee is a share between 0 and 100 %."))


def check_address(base_url: str, *, is_live: bool) -> None:
    """Raise SetupRefused unless credentials may be sent there: the web, and no network of ours.

    A name that nobody knows today is kept: every call judges the address again.
    """
    try:
        place = urlsplit(base_url)
        host, port = place.hostname or "", place.port
    except ValueError as error:
        raise SetupRefused(_("This is no web address.")) from error
    if place.scheme not in {"http", "https"} or not host or place.username or place.query:
        raise SetupRefused(_("This is no web address."))
    if is_live and place.scheme != "https":
        raise SetupRefused(_("A live gateway is only called encrypted (https)."))
    port = port or (443 if place.scheme == "https" else 80)
    try:
        outbound.judged(host, port, http.fence_for(host, port))
        is_refused = False
    except outbound.Refused:
        is_refused = True
    except outbound.UnknownName:
        is_refused = _sounds_inside(host)
    if is_refused:
        raise SetupRefused(
            _("A gateway is called at a public address on port 443, never in our own network.")
        )


def _sounds_inside(host: str) -> bool:
    """Tell whether only a network of our own would know this name."""
    name = f".{host.lower().rstrip('.')}"
    return name.count(".") == 1 or name.endswith((".localhost", ".local", ".internal", ".lan"))


def _host(base_url: str) -> str:
    place = urlsplit(base_url)
    return f"{place.scheme}://{place.netloc}"


def _free_slug(provider: str) -> str:
    slug = provider.lower()
    taken = set(GatewayAccount.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    numbers = (f"{slug}-{number}" for number in range(2, 1000))
    return next(name for name in (slug, *numbers) if name not in taken)


def _snapshot(account: GatewayAccount) -> dict[str, Any]:
    return {name: str(getattr(account, name)) for name in EDITABLE}
