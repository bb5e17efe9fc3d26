"""A reseller takes a customer's money: from the wallet, or as cash held for the house."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing.allocation.models import Payment
from billing.ledger.rules.chart import Chart
from billing.ledger.services import account_states, ledger
from billing.prepaid.services import renewal
from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked
from customers.models import AccountState, Customer, Subscription
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core import formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from resellers.models import Commission, Reseller
from resellers.queries import wallets as facts
from resellers.rules import held
from resellers.services import wallets


class NotCollecting(DomainError):
    """The reseller takes no money at present."""


class MoreThanDue(DomainError):
    """A wallet pays open bills and whole renewals only."""


class RemitFirst(DomainError):
    """Too much of the house's money is held, or for too long. `amount` is what to remit."""

    def __init__(self, message: str, amount: Decimal) -> None:
        self.amount = amount
        super().__init__(message)


@dataclass(frozen=True)
class Collected:
    """A payment that was taken, and the reseller's share of it (company's currency)."""

    payment: Payment
    share: Decimal


@transaction.atomic
def collect(
    *, reseller: Reseller, customer: Customer, amount: Decimal, key: str, act: Act[User]
) -> Collected:
    """Take a payment of the reseller's customer; the bill is paid at once.

    Raises NotCollecting, WalletShort, MoreThanDue, RemitFirst, PossibleDuplicate, AmountRefused.
    """
    trail.begin(act=act)
    # Lock.
    account_states.lock([customer.pk])
    wallet = wallets.lock(reseller)
    reseller.refresh_from_db()
    customer.refresh_from_db(fields=["reseller_id"])
    # Decide (a form that was sent before is only answered again).
    is_repeat = Payment.objects.filter(idempotency_key=key, customer=customer).exists()
    if not (reseller.is_active and reseller.may_collect) or customer.reseller_id != reseller.pk:
        raise NotCollecting(_("No money is collected for this reseller at present."))
    if not is_repeat and reseller.is_prepaid:
        _refuse_more(customer, amount, act=act)
    elif not is_repeat:
        _refuse_held(reseller, wallet.held_amount, amount, act=act)
    # Change (the settlement leaves the trail).
    ledger.open_chart()
    method = Payment.Method.RESELLER if reseller.is_prepaid else Payment.Method.CASH
    settled = settlement.settle(
        Asked(
            customer_id=customer.pk,
            amount=amount,
            method=method,
            received_by=act.actor,
            received_at=act.at,
            key=key,
            act=act,
            reference=reseller.number,
            account_no=0 if reseller.is_prepaid else int(Chart.HELD_BY_RESELLERS),
        )
    )
    if reseller.is_prepaid and settled.is_new:
        wallets.refuse_short(reseller)
    share = Commission.objects.filter(payment=settled.payment, reseller=reseller).first()
    return Collected(settled.payment, share.worth if share else Decimal("0.00"))


def _refuse_more(customer: Customer, amount: Decimal, *, act: Act) -> None:
    """Raise MoreThanDue for what is neither owed nor the price of whole renewals."""
    balance = AccountState.objects.values_list("balance_amount", flat=True).get(customer=customer)
    due = max(balance, Decimal("0.00"))
    if amount <= due or amount in _with_renewals(customer, balance, act=act):
        return
    if not due:
        raise MoreThanDue(_("Nothing is due; the wallet pays what is due, and renewals."))
    raise MoreThanDue(
        _("%(amount)s is due. More than what is due is not paid from the wallet.")
        % {"amount": formats.money(due)}
    )


def _with_renewals(customer: Customer, balance: Decimal, *, act: Act) -> set[Decimal]:
    """Return what it takes that prepaid services run one period more, each and all.

    With what is owed (`balance` above zero), less the credit there is (below).
    """
    services = Subscription.objects.filter(customer=customer, mode=Subscription.Mode.PREPAID)
    each = []
    for service in services.exclude(status=Subscription.Status.CANCELLED).order_by("line_no"):
        try:
            each.append(renewal.quote(subscription=service, at=act.at).amount)
        except DomainError:
            continue
    return {balance + one for one in each} | ({balance + sum(each, Decimal(0))} if each else set())


def _refuse_held(reseller: Reseller, now: Decimal, amount: Decimal, *, act: Act) -> None:
    """Raise RemitFirst when the house's money in hand would be too much, or is too old."""
    remit = held.to_remit(held=now, taking=amount, limit=reseller.collection_limit)
    if remit:
        raise RemitFirst(
            _("Remit at least %(amount)s first.") % {"amount": formats.money(remit)}, remit
        )
    stage = held.stage(
        oldest_on=facts.held_since(reseller), on=act.on, remit_days=reseller.remit_days
    )
    if stage == held.Stage.STOPPED:
        raise RemitFirst(
            _("Money held for so long is remitted before more is taken: %(amount)s.")
            % {"amount": formats.money(now)},
            now,
        )
