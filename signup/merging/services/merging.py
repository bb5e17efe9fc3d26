"""Two accounts of one person become one: the services and what is done for them go over to the
survivor, money stays and is carried over by two documents. For thirty days it may be undone.

Locks both accounts first, in order of id, as everybody does.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from billing.dunning.queries import under_way
from billing.ledger.services import account_states
from billing.receivables.models import Deposit
from billing.run.models import BillingRun
from customers.models import Customer, DuplicatePair, Merge, Referral
from customers.queries import duplicates
from customers.services import archiving, subscriptions
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import Stale
from payments.online.models import PaymentAttempt
from payments.referrals.services import referral_rewards
from signup.merging.services import carrying, transfers

WITHIN = timedelta(days=30)
_ABOUT_TO_PAY = timedelta(minutes=30)  # a payment page is open


class NotMergeable(Stale):
    """These two accounts cannot be made one, or not now; the message says why."""


class NotUndoable(Stale):
    """The merge cannot be taken back (any more)."""


@transaction.atomic
def merge(*, survivor: Customer, absorbed: Customer, act: Act[User]) -> Merge:
    """Make `absorbed` a part of `survivor`. Raises ReasonMissing, NotMergeable."""
    act = act.because(trail.required_reason(act.reason))
    # Lock.
    account_states.begin([survivor.pk, absorbed.pk], act=act)
    survivor, absorbed = _locked(survivor), _locked(absorbed)
    # Decide.
    refuse(survivor, absorbed, act=act)
    # Change.
    _end_referral_between(survivor, absorbed, act=act)
    merged = Merge.objects.create(
        survivor=survivor, absorbed=absorbed, reason=act.reason[:300], by=act.actor, at=act.at
    )
    trail.begin(act=act)
    carrying.over(merged)
    transfers.over(merged, act=act)
    _follow(survivor, absorbed)
    archiving.archive(customer=absorbed, act=act)
    archiving.absorb(customer=absorbed, into=survivor, act=act)
    DuplicatePair.objects.filter(Q(first=absorbed) | Q(second=absorbed)).delete()
    # Trail.
    _note(merged, "customer.took_over", act=act)
    return merged


def undo(*, merged: Merge, act: Act[User]) -> Merge:
    """Take two accounts apart again. Raises ReasonMissing, NotUndoable, PhoneTaken.

    What went over returns; documents written since stay with the survivor, money that was spent
    there too.
    """
    act = act.because(trail.required_reason(act.reason))
    if act.at > merged.at + WITHIN:
        raise NotUndoable(_("Accounts can be taken apart again for thirty days."))
    with transaction.atomic():
        account_states.begin([merged.survivor_id, merged.absorbed_id], act=act)
        merged = Merge.objects.select_for_update(of=("self",)).get(pk=merged.pk)
        if merged.undone_at is not None:
            raise NotUndoable(_("This was undone before."))
        _refuse_busy([merged.survivor_id, merged.absorbed_id], act=act)
        survivor, absorbed = _locked(merged.survivor), _locked(merged.absorbed)
        archiving.release(customer=absorbed, act=act)
        trail.begin(act=act)
        carrying.back(merged)
        transfers.back(merged, act=act)
        _follow(survivor, absorbed)
        merged.undone_at, merged.undone_by = act.at, act.actor
        merged.undone_reason = act.reason[:300]
        merged.save(update_fields=["undone_at", "undone_by", "undone_reason"])
        _note(merged, "customer.gave_back", act=act)
    return merged


def refuse(survivor: Customer, absorbed: Customer, *, act: Act) -> None:
    """Raise NotMergeable when two accounts cannot be made one."""
    if survivor.pk == absorbed.pk:
        raise NotMergeable(_("These are one account already."))
    if survivor.is_archived or absorbed.is_archived:
        raise NotMergeable(_("One of the accounts is archived."))
    if survivor.reseller_id != absorbed.reseller_id:
        raise NotMergeable(_("The accounts belong to different resellers. Move one of them first."))
    if Deposit.objects.filter(customer=absorbed, held_amount__gt=0).exists():
        raise NotMergeable(
            _("%(number)s has a deposit. Pay it out, or use it for a bill, first.")
            % {"number": absorbed.number}
        )
    _refuse_busy([survivor.pk, absorbed.pk], act=act)


def _refuse_busy(ids: list[int], *, act: Act) -> None:
    if BillingRun.objects.filter(status=BillingRun.Status.RUNNING).exists():
        raise NotMergeable(_("Bills are being made. Try again when the run is over."))
    open_pages = PaymentAttempt.objects.filter(
        Q(state__in=PaymentAttempt.UNDECIDED)
        | Q(
            state__in=[PaymentAttempt.State.STARTED, PaymentAttempt.State.OPEN],
            started_at__gt=act.at - _ABOUT_TO_PAY,
        ),
        customer__in=ids,
    )
    if under_way.who_is_paying(ids, on=act.on) or open_pages.exists():
        raise NotMergeable(_("Money of one of the accounts is under way. Try again later."))


def _locked(customer: Customer) -> Customer:
    return (
        Customer.objects.select_for_update(of=("self",))
        .select_related("account_state")
        .get(pk=customer.pk)
    )


def _end_referral_between(survivor: Customer, absorbed: Customer, *, act: Act[User]) -> None:
    """Nobody brings themself: such a referral is refused, and its rewards go back."""
    pair = [survivor.pk, absorbed.pk]
    for referral in Referral.objects.filter(referrer__in=pair, referred__in=pair):
        if referral.status in (Referral.Status.PENDING, Referral.Status.CREDITED):
            referral_rewards.refuse(referral=referral, act=act)
    if survivor.referred_by_id == absorbed.pk:
        survivor.referred_by = None
        survivor.save(update_fields=["referred_by"])


def _follow(survivor: Customer, absorbed: Customer) -> None:
    """Bring the facts that follow from services and documents up to date, for both."""
    for customer in (survivor, absorbed):
        subscriptions.refresh_keywords(customer)
        customer.refresh_from_db()
        customer.is_duplicate_suspect = duplicates.looks_like_another(customer)
        customer.save(update_fields=["is_duplicate_suspect"])
    account_states.refresh([survivor.pk, absorbed.pk])


def _note(merged: Merge, action: str, *, act: Act) -> None:
    events.record(
        act=act,
        action=action,
        target=merged.survivor,
        customer_id=merged.survivor_id,
        after={
            "of": merged.absorbed.number,
            "services": len(merged.moved.get(carrying.SERVICE, [])),
            **{name: str(value) for name, value in merged.transfers.items()},
        },
    )
