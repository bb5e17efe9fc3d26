"""A customer's own phone, e-mail and wishes, changed in the portal.

A new phone or e-mail is the customer's once a code sent there has come back. Until then every
number gets the same answer: nobody learns whose it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.queries import duplicates
from customers.services import opting_out, portal_access, profile, referrals
from ispbill.accounts.services import code_budget, one_time_codes
from ispbill.audit.services import events, trail
from ispbill.core import phones
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.notifications.models import ReminderRefusal
from ispbill.notifications.queries.outbox import masked
from ispbill.notifications.services import compose, refusals
from ispbill.notifications.services.compose import Letter

PHONE, EMAIL = "phone", "email"
_PURPOSE = "contact"


class ForeignPhone(DomainError):
    """Codes are sent within the company's country only."""


class WrongCode(DomainError):
    """The code is not the one that was sent, or it is too old."""


class ContactTaken(DomainError):
    """Another account has the phone: somebody of the house has to look."""


@dataclass(frozen=True)
class Wishes:
    """By which ways a customer wants to be told, and of what that nobody must be told."""

    wants_sms: bool
    wants_whatsapp: bool
    wants_email: bool
    wants_marketing: bool
    wants_reminders: bool
    refused_events: frozenset[str] | None = None  # None: as they are


def read(kind: str, typed: str) -> str:
    """Return a phone in E.164, or an e-mail in small letters.

    Raises PhoneRefused, ForeignPhone.
    """
    if kind == EMAIL:
        return typed.strip().lower()
    number = profile.phone_number(typed)
    if not phones.is_home(number):
        raise ForeignPhone(_("We can only send the code to a number of this country."))
    return number


def send_code(*, customer: Customer, kind: str, value: str, ip: str, at: datetime) -> None:
    """Send a code to a phone or e-mail (as `read` gives it). Raises TooManyTries."""
    code_budget.take(login=value, ip=ip, is_known=True, at=at)
    with transaction.atomic():
        code = one_time_codes.make(login=value, purpose=_purpose(customer), at=at)
        minutes = int(one_time_codes.LIFETIME.total_seconds()) // 60
        letter = Letter(
            phone=value if kind == PHONE else "",
            email=value if kind == EMAIL else "",
            language=customer.language,
            context={"name": customer.name, "code": code, "minutes": str(minutes)},
            dedup=f"{customer.pk}:{at.isoformat()}",
        )
        way = "SMS" if kind == PHONE else "EMAIL"
        compose.enqueue(letter, event="contact_code", at=at, channels=[way])


def change(*, customer: Customer, kind: str, value: str, code: str, act: Act) -> Customer:
    """Take a proven phone or e-mail; the old one hears of it.

    Raises WrongCode, ContactTaken, LoginTaken.
    """
    # Before the transaction: a wrong try has to stay counted.
    if not one_time_codes.check(login=value, purpose=_purpose(customer), code=code, at=act.at):
        raise WrongCode(_("This code is not right, or it is too old."))
    return _take(customer, kind, value, act=act)


@transaction.atomic
def _take(customer: Customer, kind: str, value: str, *, act: Act) -> Customer:
    trail.begin(act=act.because(""))
    customer = referrals.held_customer(customer)
    old = getattr(customer, kind)
    if old == value:
        return customer
    if kind == PHONE and duplicates.phone_owner(value, but=customer) is not None:
        raise ContactTaken(_("This number belongs to another account. Please call us."))
    tell_old(customer, value, act=act)
    _write(customer, {kind: value}, act=act)
    if kind == PHONE:
        portal_access.follow_phone(customer=customer, old_phone=old, act=act)
    return customer


@transaction.atomic
def remove_email(*, customer: Customer, act: Act) -> Customer:
    """Forget a customer's e-mail; it hears of it."""
    trail.begin(act=act.because(""))
    customer = referrals.held_customer(customer)
    if customer.email:
        tell_old(customer, "–", act=act)
        _write(customer, {EMAIL: ""}, act=act)
    return customer


@transaction.atomic
def wish(*, customer: Customer, wishes: Wishes, act: Act) -> Customer:
    """Keep by which ways a customer wants to be told."""
    trail.begin(act=act.because(""))
    customer = referrals.held_customer(customer)
    values = {
        "wants_sms": wishes.wants_sms,
        "wants_whatsapp": wishes.wants_whatsapp,
        "wants_email": wishes.wants_email,
    }
    if wishes.wants_marketing:
        values["wants_marketing"] = True
    elif customer.wants_marketing:
        opting_out.stop_offers(customer=customer, act=act)
        customer.refresh_from_db()
    _write(customer, values, act=act)
    _set_reminders(customer, is_wanted=wishes.wants_reminders, act=act)
    if wishes.refused_events is not None:
        _refuse(customer, wishes.refused_events, act=act)
    return customer


def wants_reminders(customer: Customer) -> bool:
    """Tell whether a customer wants reminders."""
    return not ReminderRefusal.objects.filter(pk=customer.pk).exists()


def _set_reminders(customer: Customer, *, is_wanted: bool, act: Act) -> None:
    if is_wanted == wants_reminders(customer):
        return
    if is_wanted:
        ReminderRefusal.objects.filter(pk=customer.pk).delete()
    else:
        ReminderRefusal.objects.create(pk=customer.pk, at=act.at)
    after = {"reminders": is_wanted}
    _note(customer, before={"reminders": not is_wanted}, after=after, act=act)


def _refuse(customer: Customer, events_: frozenset[str], *, act: Act) -> None:
    """Keep which single events a customer does not want to hear of."""
    before = refusals.of(customer.pk)
    after = refusals.choose(customer_id=customer.pk, refused=events_, at=act.at)
    if before != after:
        was, now = {"refused_events": sorted(before)}, {"refused_events": sorted(after)}
        _note(customer, before=was, after=now, act=act)


def _write(customer: Customer, values: Mapping[str, object], *, act: Act) -> None:
    before = {name: getattr(customer, name) for name in values}
    for name, value in values.items():
        setattr(customer, name, value)
    customer.is_duplicate_suspect = duplicates.looks_like_another(customer)
    customer.save(update_fields=[*values, "is_duplicate_suspect"])
    was, now = events.changes(before, dict(values))
    if now:
        _note(customer, before=was, after=now, act=act)


def tell_old(customer: Customer, value: str, *, act: Act) -> None:
    """Tell a customer by the ways that are still theirs that a new phone or e-mail comes next."""
    context = {"contact": masked(value).replace("•", "*")}  # "•" makes two SMS of one
    letter = compose.to_customer(customer, context, dedup=f"{customer.pk}:{act.at.isoformat()}")
    compose.enqueue(letter, event="contact_changed", at=act.at, is_urgent=True)


def _note(
    customer: Customer, *, before: Mapping[str, object], after: Mapping[str, object], act: Act
) -> None:
    events.record(
        act=act,
        action="customer.edited",
        target=customer,
        customer_id=customer.pk,
        before=dict(before),
        after=dict(after),
    )


def _purpose(customer: Customer) -> str:
    return f"{_PURPOSE}:{customer.pk}"
