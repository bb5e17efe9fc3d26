"""Our accounts with providers of messages: credentials go in and never come out again."""

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import crypto, outbound
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.notifications.gateways import chosen, registry
from ispbill.notifications.gateways.base import NotTaken
from ispbill.notifications.gateways.registry import Field
from ispbill.notifications.models import MessageProvider
from ispbill.notifications.rules.wording import Text
from ispbill.notifications.services import compose, trial
from ispbill.notifications.services.trial import Trial


class SetupRefused(DomainError):
    """The account cannot be kept as described."""


def secret_place(account: MessageProvider) -> str:
    """Return what an account's sealed credentials are bound to."""
    return chosen.secret_place(account)


def credentials_wanted(kind: str) -> tuple[Field, ...]:
    """Return what a provider's account is opened with; labels are marked texts."""
    return registry.MAKERS[kind].fields


def usual_address(kind: str) -> str:
    return registry.MAKERS[kind].usual_url


def readable(account: MessageProvider | None, *, secret: bool) -> dict[str, str]:
    """Return the credentials that are no secrets, or a mark that tells each secret from the next
    one and nothing of it."""
    if account is None:
        return {}
    try:
        kept = chosen.credentials_of(account)
    except crypto.Unreadable:
        return {}
    wanted = [one.name for one in credentials_wanted(account.kind) if one.is_secret is secret]
    if not secret:
        return {name: kept.get(name, "") for name in wanted}
    return {name: crypto.fingerprint(kept.get(name, ""), purpose="edit-form") for name in wanted}


def keep(
    *, kind: str, base_url: str, credentials: Mapping[str, str], act: Act[User]
) -> MessageProvider:
    """Keep our account with a provider: a new one switched off, a known one changed.

    Credentials left empty stay as they are, unless the address leads to another host: a secret
    must not be sent to somebody it was not meant for. Raises SetupRefused.
    """
    base_url = _checked(base_url)
    try:
        with transaction.atomic():
            trail.begin(act=act)
            return _kept(kind, base_url, credentials, act=act)
    except IntegrityError as error:
        raise SetupRefused(_("Somebody set this up at the same moment. Try again.")) from error


def _kept(
    kind: str, base_url: str, credentials: Mapping[str, str], *, act: Act[User]
) -> MessageProvider:
    account = MessageProvider.objects.select_for_update().filter(kind=kind).first()
    is_new = account is None
    if account is None:
        channel = registry.MAKERS[kind].channel
        account = MessageProvider(kind=kind, channel=channel, created_at=act.at)
    was = account.base_url
    is_same_host = urlsplit(was)[:2] == urlsplit(base_url)[:2]
    known = _known(account) if is_same_host else {}
    whole = _whole(kind, known, credentials)
    replaced = sorted(name for name in whole if whole[name] != known.get(name, ""))
    if not is_new and base_url == was and not replaced:
        return account
    account.base_url = base_url
    account.sealed_credentials = crypto.seal(
        json.dumps(whole), context=chosen.secret_place(account)
    )
    account.tested_at, account.is_test_passed, account.test_words = None, None, ""
    account.balance, account.balance_currency = None, ""
    account.save()
    events.record(
        act=act,
        action="message_provider.added" if is_new else "message_provider.changed",
        target=account,
        before={} if is_new else {"base_url": was},
        # Names of what was replaced; the values are nobody's business.
        after={"base_url": base_url, "credentials": replaced},
    )
    return account


def switch(*, account: MessageProvider, is_enabled: bool, act: Act[User]) -> MessageProvider:
    """Send a channel's messages through an account, or no longer; it takes another one's place.

    Raises ReasonMissing.
    """
    act = act.because(trail.required_reason(act.reason))
    with transaction.atomic():
        trail.begin(act=act)
        # All of the channel in one order, or two switches would wait for each other.
        rows = list(
            MessageProvider.objects.select_for_update()
            .filter(channel=account.channel)
            .order_by("pk")
        )
        # Off before on: only one may be on at a time.
        for row in sorted(rows, key=lambda one: one.pk == account.pk):
            wanted = is_enabled if row.pk == account.pk else row.is_enabled and not is_enabled
            if row.is_enabled == wanted:
                continue
            row.is_enabled = wanted
            row.save(update_fields=["is_enabled"])
            events.record(
                act=act,
                target=row,
                action=f"message_provider.switched_{'on' if wanted else 'off'}",
                before={"is_enabled": not wanted},
                after={"is_enabled": wanted},
            )
        account.refresh_from_db()
        if is_enabled:
            compose.wake_after_commit()  # what has waited for a provider
    return account


def test(*, account: MessageProvider, act: Act[User]) -> str:
    """Try address and credentials without a message; return why it failed, "" when it works.

    The balance is noted where the provider tells it.
    """
    balance, currency, reason = None, "", ""
    try:
        told = chosen.of_account(account).tried()
        balance, currency = told.amount, told.currency
    except crypto.Unreadable:
        reason = _("The stored credentials cannot be opened with our keys. Type them again.")
    except NotTaken as error:
        reason = str(error)
    # Of what was tried: somebody may have changed the account meanwhile.
    MessageProvider.objects.filter(
        pk=account.pk, sealed_credentials=account.sealed_credentials, base_url=account.base_url
    ).update(
        tested_at=act.at,
        is_test_passed=not reason,
        test_words=reason[:300],
        balance=balance,
        balance_currency=currency,
    )
    return reason


def send_test(*, account: MessageProvider, recipient: str, text: str, act: Act[User]) -> Trial:
    """Send one text through an account, switched on or not. Raises trial.NotSent."""
    try:
        gateway = chosen.of_account(account)
    except crypto.Unreadable as error:
        raise trial.NotSent(str(error)) from error
    return trial.send(
        channel=account.channel,
        recipient=recipient,
        text=Text(body=text),
        at=act.at,
        gateway=gateway,
    )


def _known(account: MessageProvider) -> dict[str, str]:
    if not account.sealed_credentials:
        return {}
    try:
        return chosen.credentials_of(account)
    except crypto.Unreadable:  # then everything is typed again
        return {}


def _whole(kind: str, kept: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    """Return all credentials: what was typed over what was kept. Raises SetupRefused."""
    whole: dict[str, str] = {}
    for field in credentials_wanted(kind):
        value = typed.get(field.name, "").strip() or kept.get(field.name, "")
        if not value:
            raise SetupRefused(_("%(field)s is missing.") % {"field": _(field.label)})
        whole[field.name] = value
    return whole


def _checked(base_url: str) -> str:
    """Return the address as it is kept. Raises SetupRefused; asks the resolver, so not for a
    transaction."""
    base_url = base_url.strip().rstrip("/")
    refused = _("A provider is called at a public web address (https), never in our own network.")
    try:
        place = urlsplit(base_url)
        host, port = place.hostname or "", place.port or (443 if place.scheme == "https" else 80)
    except ValueError as error:
        raise SetupRefused(refused) from error
    if place.scheme not in {"http", "https"} or not host or place.username or place.query:
        raise SetupRefused(refused)
    try:
        outbound.judged(host, port, outbound.web_fence())
    except outbound.Refused as error:
        raise SetupRefused(refused) from error
    except outbound.UnknownName:
        pass  # not known today; every call judges the address again
    return base_url
