"""Pay resellers what was approved, less what is claimed back of commissions paid before.

Locks in one order for everybody: the reseller, the payout, its commissions by id, the claims by
id. A payment that is reversed locks its own commission only, so neither waits for the other for
long, and never in a circle.
"""

from collections.abc import Collection
from decimal import Decimal

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from billing.allocation.rules.accounts import ACCOUNT_OF
from billing.ledger.rules.chart import Chart
from billing.ledger.services import ledger
from billing.ledger.services.ledger import Line
from billing.tills.services import tills
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from ispbill.core.models import Company
from ispbill.core.services import numbering
from resellers.models import Commission, CommissionBack, Payout, Reseller
from resellers.queries import payout_sums
from resellers.queries.payout_sums import Reckoned
from resellers.rules import dues
from resellers.services import notices

Status = Payout.Status


class NothingToPay(DomainError):
    """No approved commissions, or more is claimed back than they are worth."""


class AlreadyPrepared(DomainError):
    """Another payout of this reseller waits for approval; it comes first."""


class OwnPayout(DomainError):
    """Who prepared a payout does not approve it."""


class NotWaiting(Stale):
    """The payout was decided about before."""


def needs_second(amount: Decimal) -> bool:
    """Tell whether a payout is above the company's limit."""
    limit = Company.current().payout_limit_amount
    return limit is not None and amount > limit


@transaction.atomic
def record(
    *,
    reseller: Reseller,
    method: str,
    reference: str,
    note: str = "",
    act: Act[User],
    commission_ids: Collection[int] | None = None,
    expected: Decimal | None = None,
    is_request: bool = False,
) -> Payout:
    """Pay a reseller's approved commissions (all, or these), at once or after a second person.

    `expected` is the amount the person saw. Above the company's limit it waits, and so does one
    the reseller asks for. Raises NothingToPay, AlreadyPrepared, and Stale for another amount.
    """
    trail.begin(act=act)
    # Lock.
    reseller = _locked_reseller(reseller.pk)
    if Payout.objects.filter(reseller=reseller, status=Status.WAITING).exists():
        raise AlreadyPrepared(_("A payout to this reseller waits for approval already."))
    _lock_parts(reseller)
    # Decide.
    sums = payout_sums.reckon(reseller, commission_ids=commission_ids)
    _refuse_nothing(sums)
    if is_request and not dues.is_enough(
        sums.amount, minimum=reseller.minimum_payout, is_closing=False
    ):
        least = formats.money(reseller.minimum_payout)
        raise NothingToPay(_("A payout is at least %(amount)s.") % {"amount": least})
    if expected is not None and expected != sums.amount:
        now = formats.money(sums.amount)
        raise Stale(_("The amount has changed since: it is %(amount)s now.") % {"amount": now})
    # Change.
    payout = _drafted(reseller, sums, act=act)
    payout.needs_second |= is_request
    payout.method, payout.reference = Payout.Method(method), reference.strip()[:80]
    payout.note = note.strip()[:200]
    payout.save(force_insert=True)
    chosen = Commission.objects.filter(pk__in=[one.pk for one in sums.commissions])
    CommissionBack.objects.filter(pk__in=[one.pk for one in sums.claims]).update(payout=payout)
    _note(payout, "payout.prepared", act=act)
    if not payout.needs_second:
        return _pay(payout, chosen, act=act)
    chosen.update(payout=payout)
    return payout


def _drafted(reseller: Reseller, sums: Reckoned, *, act: Act[User]) -> Payout:
    number = numbering.take(series="PO", year=act.on.year)
    return Payout(
        number=numbering.written(series="PO", year=act.on.year, number=number),
        reseller=reseller,
        branch_id=reseller.branch_id,
        earned_amount=sums.earned,
        claimed_amount=sums.claimed,
        amount=sums.amount,
        withheld_amount=sums.due.withheld,
        currency=Company.current().currency,
        status=Status.WAITING,
        needs_second=needs_second(sums.amount),
        prepared_by=act.actor,
        prepared_at=act.at,
    )


def _refuse_nothing(sums: Reckoned) -> None:
    if not sums.commissions:
        raise NothingToPay(_("There are no approved commissions to pay."))
    if sums.amount <= 0:
        raise NothingToPay(
            _("As much is claimed back of commissions paid before; there is nothing to pay yet.")
        )


def approve(*, payout: Payout, act: Act[User]) -> Payout:
    """Pay a waiting payout, as somebody else than the person who prepared it.

    Raises OwnPayout, NotWaiting, and Stale when its commissions are worth less by now (it is then
    withdrawn, to be prepared anew).
    """
    paid = _approve(payout, act=act)
    if paid.status != Status.PAID:
        raise Stale(
            _("A payment behind it was reversed since. The payout is withdrawn; prepare it anew.")
        )
    return paid


@transaction.atomic
def _approve(payout: Payout, *, act: Act[User]) -> Payout:
    trail.begin(act=act)
    payout = _locked(payout)
    if payout.prepared_by_id == act.actor.pk:
        raise OwnPayout(_("You prepared this payout; somebody else has to approve it."))
    held = Commission.objects.filter(payout=payout, status=Commission.Status.APPROVED)
    worth = sum((one.worth for one in held.order_by("pk")), Decimal(0))
    if worth != payout.earned_amount:
        return _withdraw(payout, act=act)
    return _pay(payout, held, act=act)


@transaction.atomic
def withdraw(*, payout: Payout, act: Act[User]) -> Payout:
    """Give up a waiting payout; its commissions are approved as before. Raises NotWaiting."""
    trail.begin(act=act)
    return _withdraw(_locked(payout), act=act)


def _withdraw(payout: Payout, *, act: Act[User]) -> Payout:
    Commission.objects.filter(payout=payout).update(payout=None)
    CommissionBack.objects.filter(payout=payout).update(payout=None)
    payout.status, payout.decided_by, payout.decided_at = Status.WITHDRAWN, act.actor, act.at
    payout.save(update_fields=["status", "decided_by", "decided_at"])
    _note(payout, "payout.withdrawn", act=act)
    return payout


def _pay(payout: Payout, commissions: QuerySet[Commission], *, act: Act[User]) -> Payout:
    """Pay; each commission is written once, or its row would be checked against its payment's.

    (PostgreSQL looks again at the foreign keys of a row that its own transaction has written; that
    would wait for a payment being reversed, which waits for the commission.)
    """
    payout.status, payout.decided_by, payout.decided_at = Status.PAID, act.actor, act.at
    payout.paid_on = act.on
    payout.save(update_fields=["status", "decided_by", "decided_at", "paid_on"])
    commissions.update(
        payout=payout,
        status=Commission.Status.PAID,
        paid_amount=F("amount") - F("clawed_back_amount"),
    )
    day = tills.day_of(
        method=payout.method,
        amount=-payout.payable,
        person=act.actor,
        branch_id=payout.branch_id,
        on=act.on,
        at=act.at,
    )
    ledger.open_chart()
    ledger.post(
        ledger.Fact(
            kind="PARTNER_PAYOUT",
            source_type="partner_payout",
            source_id=payout.pk,
            lines=_lines(payout),
            posted_on=day,
            branch_id=payout.branch_id,
            customer_id=None,
            memo=" ".join(filter(None, [payout.number, payout.method, payout.reference])),
        ),
        act=act,
    )
    _note(payout, "payout.paid", act=act)
    notices.paid(payout.reseller, payout=payout.number, amount=payout.payable, at=act.at)
    return payout


def _lines(payout: Payout) -> list[Line]:
    """Return what a payout moves: what is owed, what leaves, and the tax kept for the state."""
    lines = [
        Line(Chart.COMMISSIONS_PAYABLE, payout.amount),
        Line(ACCOUNT_OF[payout.method], -payout.payable),
    ]
    if payout.withheld_amount:
        lines.append(Line(Chart.TAX_WITHHELD, -payout.withheld_amount))
    return lines


def _locked_reseller(pk: int) -> Reseller:
    return Reseller.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)


def _locked(payout: Payout) -> Payout:
    reseller = _locked_reseller(payout.reseller_id)
    payout = Payout.objects.select_for_update(of=("self",)).get(pk=payout.pk)
    if payout.status != Status.WAITING:
        raise NotWaiting(
            _("This payout was decided about before: %(state)s.")
            % {"state": str(payout.get_status_display()).lower()}
        )
    _lock_parts(reseller)
    return payout


def _lock_parts(reseller: Reseller) -> None:
    """Hold still what is approved and what is claimed, in order of id."""
    list(
        Commission.objects.select_for_update(of=("self",))
        .filter(reseller=reseller, status=Commission.Status.APPROVED)
        .order_by("pk")
        .values_list("pk")
    )
    list(
        CommissionBack.objects.select_for_update(of=("self",))
        .filter(reseller=reseller, is_claim=True, payout__isnull=True)
        .order_by("pk")
        .values_list("pk")
    )


def _note(payout: Payout, action: str, *, act: Act[User]) -> None:
    events.record(
        act=act,
        action=action,
        target=payout,
        after={
            "amount": payout.amount,
            "method": payout.method,
            "reference": payout.reference,
            "reseller": payout.reseller_id,
        },
    )
