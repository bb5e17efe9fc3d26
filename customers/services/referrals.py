"""The referral programme: a code for each customer, a row for each friend who came by it.

The money is `payments.referrals.services.referral_rewards`; it asks this module to move the states.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.models import AccountState, Customer, Referral, ReferralCode
from customers.rules import referrals as rules
from customers.rules.referrals import Household
from customers.services import account_states
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from ispbill.core.models import Company

Status = Referral.Status


class AlreadyRewarded(DomainError):
    """The referral was credited; the person who brought this customer stays the same."""


class NotWaiting(Stale):
    """The referral is not one that can be decided about so (any more)."""


def code_of(customer: Customer, *, at: datetime) -> str:
    """Return a customer's referral code; made the first time it is asked for."""
    for _try in range(5):
        known = ReferralCode.objects.filter(customer=customer).first()
        if known is not None:
            return known.code
        ReferralCode.objects.bulk_create(
            [ReferralCode(customer=customer, code=rules.new_code(), made_at=at)],
            ignore_conflicts=True,  # somebody else was first, or (hardly) the code is taken
        )
    raise RuntimeError("no free referral code was found")


def referrer_of(text: str) -> Customer | None:
    """Return whose code this is, as people type it; None for no living customer's."""
    code = rules.read_code(text)
    if not code:
        return None
    return Customer.objects.filter(referral_code__code=code, archived_at__isnull=True).first()


def hold(customer: Customer) -> Referral | None:
    """Lock the referral that brought a customer: before the customer's own row, as rewards do."""
    return Referral.objects.select_for_update(of=("self",)).filter(referred=customer).first()


def held_customer(customer: Customer) -> Customer:
    """Lock a customer whose particulars are about to be edited; return the row as it is now."""
    account_states.lock([customer.pk])
    hold(customer)
    return Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)


def follow(*, customer: Customer, act: Act) -> None:
    """Bring the referral in line with the person said to have brought this customer.

    Part of the transaction that writes the customer. A referral begins while the programme is
    on, for a customer who never paid; it may be corrected until it is credited. Raises
    AlreadyRewarded.
    """
    known = hold(customer)
    if known is None:
        if customer.referred_by_id is not None:
            _begin(customer, customer.referred_by_id, act=act)
        return
    if known.referrer_id == customer.referred_by_id:
        return
    if known.status == Status.CREDITED:
        raise AlreadyRewarded(
            _("Who brought this customer has been rewarded; refuse the referral first.")
        )
    if known.status != Status.PENDING:
        return
    if customer.referred_by_id is None:
        _move(known, Status.REFUSED, act=act.because(_("Not referred after all")))
        return
    known.referrer_id = customer.referred_by_id
    known.suspicion = _suspicion(Customer.objects.get(pk=known.referrer_id), customer)
    known.save(update_fields=["referrer", "suspicion"])


def clear(*, referral: Referral, act: Act[User]) -> Referral:
    """Say that a suspicious or refused referral is a true one: it waits for the payment again.

    Raises ReasonMissing, NotWaiting.
    """
    return _decide(referral, Status.PENDING, act=act)


def refuse(*, referral: Referral, act: Act[User]) -> Referral:
    """Refuse a referral that was not credited. Raises ReasonMissing, NotWaiting."""
    return _decide(referral, Status.REFUSED, act=act)


@transaction.atomic
def _decide(referral: Referral, status: str, *, act: Act[User]) -> Referral:
    act = trail.begin_with_reason(act=act)
    referral = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    may_be = {Status.PENDING.value} | (
        {Status.REFUSED.value} if status == Status.PENDING else set()
    )
    if referral.status not in may_be:
        raise NotWaiting(
            _("This referral was decided about before: %(state)s.")
            % {"state": str(referral.get_status_display()).lower()}
        )
    referral.decided_by, referral.decided_at = act.actor, act.at
    return _move(referral, status, act=act)


def look_again(*, referral: Referral, act: Act) -> bool:
    """Compare both accounts once more before a reward; return whether staff has to look first.

    Who has been cleared is not asked about again.
    """
    if referral.decided_at is not None:
        return False
    both = Customer.objects.in_bulk([referral.referrer_id, referral.referred_id])
    found = _suspicion(both[referral.referrer_id], both[referral.referred_id])
    if found != referral.suspicion:
        referral.suspicion = found
        referral.save(update_fields=["suspicion"])
        _note(referral, "referral.looked_at", act=act)
    return referral.waits_for_staff


def put_beyond_cap(*, referral: Referral, act: Act) -> None:
    """Write down that only the friend is ever credited for a locked referral."""
    referral.is_beyond_cap = True
    referral.save(update_fields=["is_beyond_cap"])
    _note(referral, "referral.beyond_cap", act=act)


def mark(*, referral: Referral, status: str, act: Act) -> Referral:
    """Move a locked referral to another state, with its event; the database knows which may be."""
    return _move(referral, status, act=act)


def _begin(customer: Customer, referrer_id: int, *, act: Act) -> None:
    company = Company.current()
    rewards = company.referrer_reward_amount + company.friend_reward_amount
    has_paid = AccountState.objects.filter(customer=customer, last_paid_at__isnull=False).exists()
    if not company.rewards_referrals or not rewards or has_paid:
        return
    referrer = Customer.objects.get(pk=referrer_id)
    referral = Referral(
        referrer=referrer,
        referred=customer,
        suspicion=_suspicion(referrer, customer),
        referrer_amount=company.referrer_reward_amount,
        friend_amount=company.friend_reward_amount,
        minimum_amount=company.referral_minimum_amount,
        joined_at=act.at,
        expires_on=act.on + timedelta(days=company.referral_valid_days),
    )
    try:
        with transaction.atomic():
            referral.save(force_insert=True)
    except IntegrityError as error:
        if "referral_is_no_circle" in str(error):
            raise DomainError(
                _("%(name)s was itself referred by this customer.") % {"name": referrer}
            ) from error
        raise
    _note(referral, "referral.began", act=act.because(""))


def _move(referral: Referral, status: str, *, act: Act) -> Referral:
    referral.status = Status(status)
    referral.credited_at = act.at if status == Status.CREDITED else None
    referral.reason = act.reason[:300] or referral.reason
    referral.save(update_fields=["status", "credited_at", "reason", "decided_by", "decided_at"])
    _note(referral, f"referral.{status.lower()}", act=act)
    return referral


def _suspicion(referrer: Customer, customer: Customer) -> str:
    return rules.suspicion(_household(referrer), _household(customer))


def _household(customer: Customer) -> Household:
    return Household(
        phones=frozenset(filter(None, [customer.phone, customer.alternate_phone])),
        national_id=customer.national_id_fingerprint,
        email=customer.email.lower(),
        area_id=customer.area_id,
        address=customer.address,
    )


def _note(referral: Referral, action: str, *, act: Act) -> None:
    events.record(
        act=act,
        action=action,
        target=referral,
        customer_id=referral.referrer_id,
        after={
            "friend": referral.referred_id,
            "suspicion": referral.suspicion,
            "amount": str(referral.referrer_amount),
        },
    )
