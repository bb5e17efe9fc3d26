"""Renew customers' prepaid services from their reseller's wallet, when their time is over.

The oldest expiry first, then by number; a service that does not fit is skipped and the next is
tried. Each is its own transaction: the customer's account is locked, then the wallet, as in any
payment, and the wallet is looked at after the payment with its share. So a wallet never goes below
its limit, and a service is paid once for an expiry however often this runs.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from billing.allocation.models import Payment
from billing.ledger.services import account_states, ledger
from billing.prepaid.services import renewal
from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked
from customers.models import AccountState, Subscription
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from resellers.models import Reseller, WalletRenewal
from resellers.queries import renewals as facts
from resellers.queries import wallets as wallet_facts
from resellers.services import notices, wallets
from resellers.services.wallets import WalletShort

ZERO = Decimal("0.00")


class NotFromWallet(DomainError):
    """This service is not renewed from a wallet."""


@dataclass
class Renewed:
    """What a round did, in services; `missing` is what all skipped ones lack together."""

    renewed: list[int] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)
    missing: Decimal = ZERO


@transaction.atomic
def choose(*, subscription: Subscription, reseller: Reseller, is_on: bool, act: Act[User]) -> None:
    """Let a service be renewed from the wallet of its customer's reseller, or not any more.

    Raises NotFromWallet.
    """
    trail.begin(act=act)
    may = reseller.is_prepaid and reseller.is_active
    is_its = subscription.customer.reseller_id == reseller.pk
    if not (may and is_its and subscription.mode == Subscription.Mode.PREPAID):
        raise NotFromWallet(_("Only prepaid services of own customers are renewed from a wallet."))
    if is_on:
        WalletRenewal.objects.update_or_create(
            subscription=subscription,
            defaults={
                "customer_id": subscription.customer_id,
                "reseller": reseller,
                "changed_by": act.actor,
                "changed_at": act.at,
                "tried_at": None,
            },
        )
    else:
        WalletRenewal.objects.filter(subscription=subscription).delete()
    events.record(
        act=act,
        action="reseller.renewal_chosen",
        target=subscription,
        branch_id=reseller.branch_id,
        after={"from_wallet": is_on, "reseller": reseller.pk},
    )


def renew_all(*, act: Act) -> int:
    """Renew what is due of every reseller with something new to try; return how many services."""
    return sum(len(renew_of(pk, act=act).renewed) for pk in facts.resellers_to_try(on=act.on))


def renew_of(reseller_id: int, *, act: Act) -> Renewed:
    """Renew what is due of one reseller, in order; tell the partner once what was skipped.

    Must be called outside a transaction.
    """
    done, wanted = Renewed(), ZERO
    due = facts.due(reseller_id, on=act.on)
    for service, expires_on in due:
        try:
            if _renew(service, expires_on, reseller_id, act=act):
                done.renewed.append(service)
        except WalletShort as short:
            done.skipped.append(service)
            wanted += short.needed
        except DomainError:
            continue  # switched off for another reason, say: nothing the wallet could do
    if done.skipped:
        _skipped(reseller_id, done, wanted, dict(due), act=act)
    return done


@transaction.atomic
def pay_first(*, subscription: Subscription, amount: Decimal, act: Act) -> None:
    """Pay a service's first bill of `amount` (of a prepaid one, its first period too) from the
    wallet of its prepaid reseller; nothing of other customers.

    To be called in the activation's transaction, with the customer's account locked. Raises
    WalletShort: then the service stays pending.
    """
    reseller = facts.paying(subscription.customer_id)
    if reseller is None:
        return
    wallets.lock(reseller)
    if subscription.mode == Subscription.Mode.PREPAID:
        amount = renewal.quote(subscription=subscription, at=act.at).missing
    else:
        state = AccountState.objects.get(customer=subscription.customer_id)
        amount = min(amount, state.balance_amount)
    if amount > 0:
        _pay(subscription, reseller, amount, f"wallet-first:{subscription.pk}", act=act)


@transaction.atomic
def _renew(subscription_id: int, expires_on: date, reseller_id: int, *, act: Act) -> bool:
    service = Subscription.objects.select_related("customer").get(pk=subscription_id)
    account_states.begin(
        [service.customer_id], act=act.because("prepaid period paid from a reseller's wallet")
    )
    reseller = facts.paying(service.customer_id)
    if reseller is None or reseller.pk != reseller_id:
        return False
    wallets.lock(reseller)
    key = f"wallet-renewal:{service.pk}:{expires_on}"
    if Payment.objects.filter(idempotency_key=key).exists():
        return False
    quote = renewal.quote(subscription=service, at=act.at)
    is_begun = quote.missing > 0 and _pay(service, reseller, quote.missing, key, act=act)
    if not is_begun:
        renewal.renew(subscription=service, act=Act(None, act.at))
    return True


def _pay(service: Subscription, reseller: Reseller, amount: Decimal, key: str, *, act: Act) -> bool:
    """Pay from the locked wallet; tell whether the payment has begun the service's next period."""
    before = wallet_facts.available(reseller)
    ledger.open_chart()
    settled = settlement.settle(
        Asked(
            customer_id=service.customer_id,
            amount=amount,
            method=Payment.Method.RESELLER,
            received_by=None,
            received_at=act.at,
            key=key,
            reference=reseller.number,
            is_repeat_confirmed=True,
            act=Act(None, act.at),
        )
    )
    wallets.refuse_short(reseller, before=before)
    return any(one.subscription_id == service.pk for one in settled.renewed)


def _skipped(
    reseller_id: int, done: Renewed, wanted: Decimal, due: dict[int, date], *, act: Act
) -> None:
    """Note what the wallet was too small for, and tell the partner of these expiries once."""
    reseller = Reseller.objects.get(pk=reseller_id)
    done.missing = max(wanted - wallet_facts.available(reseller), ZERO)
    if not done.missing:  # money has come meanwhile: the next round is soon
        return
    named = ",".join(f"{pk}:{due[pk]}" for pk in sorted(done.skipped))
    with transaction.atomic():
        WalletRenewal.objects.filter(pk__in=done.skipped).update(tried_at=act.at)
        notices.not_renewed(
            reseller,
            count=len(done.skipped),
            missing=done.missing,
            fact=sha256(named.encode()).hexdigest()[:24],
            at=act.at,
        )
