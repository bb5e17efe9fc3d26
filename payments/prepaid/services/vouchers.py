"""Redeem a recharge card: once, by whoever holds it, through the one door of all money.

Unknown, used, blocked and out-of-date codes get the same answer, after the same work, and each
try is counted against the customer and the address.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from billing.allocation.models import Payment
from billing.ledger.services import account_states
from billing.prepaid.queries import prepaid as facts
from billing.prepaid.services import renewal
from billing.prepaid.services.renewal import Renewed
from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked
from customers.models import Customer, Subscription
from ispbill.accounts.models import User
from ispbill.accounts.services import throttle
from ispbill.audit.services import events, trail
from ispbill.core import clock, crypto
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from payments.prepaid.models import Voucher, VoucherBatch
from payments.prepaid.rules import voucher_codes

REFUSED = "voucher.refused"


class NotGood(DomainError):
    """No card can be redeemed by this code: unknown, used, blocked or out of date."""

    def __init__(self) -> None:
        super().__init__(
            _("This code is not good. Check the characters; if they are right, ask the office.")
        )


class Mistyped(DomainError):
    """The check character does not fit: no card has such a code."""

    def __init__(self) -> None:
        super().__init__(
            _("There is a typing mistake in the code: it has twelve letters and digits.")
        )


class OtherPackage(DomainError):
    """The card is for a package none of the customer's prepaid services has."""


@dataclass(frozen=True)
class Redeemed:
    """What a card came to: its payment, and what it renewed at once."""

    voucher: Voucher
    payment: Payment
    renewed: list[Renewed] = field(default_factory=list)


def redeem(*, typed: str, customer: Customer, act: Act[User | None], ip: str = "") -> Redeemed:
    """Put a card's value on the customer's account; prepaid time that is over starts at once.

    Must be called where a refusal may be counted: the attempt is kept although nothing else is.
    Raises Mistyped, NotGood, OtherPackage and TooManyTries.
    """
    code = voucher_codes.read(typed)
    if code is None:
        raise Mistyped
    counted = _counted(customer, act.actor)
    throttle.count(login=counted, ip=ip, failed=REFUSED)
    try:
        with transaction.atomic():
            done = _redeem(code, customer=customer, act=act)
    except NotGood:
        with transaction.atomic():
            trail.begin(act=act.because(""))
            events.note(
                events.Target(
                    type="login", id=throttle.mark(counted), label=counted, customer_id=customer.pk
                ),
                act=act,
                action=REFUSED,
            )
        raise
    throttle.forgive(login=counted, ip=ip, failed=REFUSED)
    return done


def give_back(*, payment: Payment) -> None:
    """Let a card be redeemed again whose payment was reversed, in that transaction."""
    Voucher.objects.filter(payment=payment).update(
        status=Voucher.Status.NEW, customer=None, payment=None, redeemed_at=None
    )


def _redeem(code: str, *, customer: Customer, act: Act[User | None]) -> Redeemed:
    trail.begin(act=act.because(""))
    account_states.lock([customer.pk])
    voucher = (
        Voucher.objects.select_for_update(of=("self",))
        .select_related("batch")
        .filter(code_fingerprint__in=crypto.fingerprints(code, purpose="voucher"))
        .first()
    )
    if voucher is None or not _is_good(voucher, at=act.at):
        raise NotGood
    service = _service_for(voucher.batch, customer)
    settled = settlement.settle(
        Asked(
            customer_id=customer.pk,
            amount=voucher.batch.value_amount,
            method=Payment.Method.VOUCHER,
            received_by=act.actor if act.actor is not None and act.actor.is_console_user else None,
            received_at=act.at,
            key=f"voucher:{voucher.serial}:{voucher.redemptions + 1}",
            reference=voucher.serial,
            is_repeat_confirmed=True,
            act=act,
        )
    )
    voucher.status, voucher.customer = Voucher.Status.REDEEMED, customer
    voucher.payment, voucher.redeemed_at = settled.payment, act.at
    voucher.redemptions += 1
    voucher.save(update_fields=["status", "customer", "payment", "redeemed_at", "redemptions"])
    renewed = [*settled.renewed]
    if service is not None:
        renewed += _renew_more(service, voucher.batch, renewed, act=act)
    events.record(
        act=act,
        action="voucher.redeemed",
        target=voucher,
        customer_id=customer.pk,
        branch_id=customer.branch_id,
        after={
            "amount": str(voucher.batch.value_amount),
            "receipt": settled.payment.receipt_number,
            "batch": voucher.batch.number,
        },
    )
    return Redeemed(voucher, settled.payment, renewed)


def _is_good(voucher: Voucher, *, at: datetime) -> bool:
    return (
        voucher.status == Voucher.Status.NEW
        and voucher.batch.status == VoucherBatch.Status.ACTIVE
        and clock.local_date(at) <= voucher.batch.valid_until
    )


def _service_for(batch: VoucherBatch, customer: Customer) -> Subscription | None:
    """Return the service a card for a package is for. Raises OtherPackage."""
    if batch.package_id is None:
        return None
    service = (
        facts.services()
        .filter(customer=customer, package=batch.package_id)
        .order_by("schedule__billed_until", "pk")
        .first()
    )
    if service is None:
        raise OtherPackage(
            _(
                "This card is for the package %(package)s. No prepaid service here has it; the"
                " card can still be used for one that does."
            )
            % {"package": batch.package}
        )
    return service


def _renew_more(
    service: Subscription, batch: VoucherBatch, renewed: list[Renewed], *, act: Act[User | None]
) -> list[Renewed]:
    """Renew what of the card's periods the payment has not renewed already, while credit lasts."""
    missing = batch.periods - sum(
        done.periods for done in renewed if done.subscription_id == service.pk
    )
    more = []
    for _period in range(max(missing, 0)):
        try:
            with transaction.atomic():
                more.append(renewal.renew(subscription=service, act=act))
        except DomainError:
            break
    return more


def _counted(customer: Customer, actor: User | None) -> str:
    who = customer.number
    if actor is not None and actor.role != User.Role.CUSTOMER:
        who = actor.login
    return f"voucher:{who}"
