"""The customer's own particulars: taken in and changed."""

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.models import Area, Customer
from customers.queries import duplicates
from customers.rules import identifiers
from customers.services import portal_access, referrals
from ispbill.accounts.models import Branch, User
from ispbill.audit.services import events, trail
from ispbill.core import crypto, phones, statements
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

_PHONE_ONCE = "customer_phone_once_while_active"


class PhoneRefused(DomainError):
    """The text is no phone number; the message says why."""


class PhoneTaken(DomainError):
    """Another living account has this phone number.

    `other` is that account; the message does not name it, for it may be another branch's.
    """

    def __init__(self, other: Customer | None, phone: str) -> None:
        self.other = other
        shown = phones.national(phone)
        message = _(
            "Another account of the company already uses %(phone)s. Say why the number is shared."
        )
        super().__init__(message % {"phone": shown})


class RefersInACircle(DomainError):
    """A customer cannot, over others, have referred itself."""


@dataclass(frozen=True)
class Details:
    """What is known of a customer. Phones in any spelling; amounts in the company's currency."""

    name: str
    phone: str
    area: Area
    address: str
    branch: Branch | None = None  # none = the area's
    kind: str = Customer.Kind.RESIDENTIAL
    local_name: str = ""
    alternate_phone: str = ""
    email: str = ""
    national_id: str | None = None  # none = as it is; "" = removed
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    language: str = "en"
    reseller_id: int | None = None
    collector: User | None = None
    referred_by: Customer | None = None
    tags: tuple[str, ...] = ()
    notes: str = ""
    preferred_billing_day: int = 1
    credit_limit_amount: Decimal = Decimal("0.00")
    is_auto_pay: bool = False
    is_tax_exempt: bool = False
    is_never_suspended: bool = False
    wants_sms: bool = True
    wants_whatsapp: bool = False
    wants_email: bool = True
    wants_marketing: bool = False


def edit(
    *, customer: Customer, details: Details, act: Act, shared_phone_reason: str = ""
) -> Customer:
    """Change a customer's particulars; the audit event holds only what differs.

    Raises PhoneRefused, PhoneTaken (unless a reason for sharing is given), RefersInACircle,
    AlreadyRewarded.
    """
    values = column_values(details)
    try:
        with transaction.atomic():
            trail.begin(act=act.because(shared_phone_reason))
            customer = referrals.held_customer(customer)
            before = snapshot(customer)
            if customer.phone != values["phone"]:
                values["allows_shared_phone"] = phone_may_be_shared(
                    values["phone"], reason=shared_phone_reason, but=customer
                )
            _refuse_circle(customer, details.referred_by)
            for name, value in values.items():
                setattr(customer, name, value)
            seal_national_id(customer, details.national_id)
            customer.is_duplicate_suspect = duplicates.looks_like_another(customer)
            customer.save()
            learn_words(customer)
            referrals.follow(customer=customer, act=act)
            portal_access.follow_phone(customer=customer, old_phone=before["phone"], act=act)
            was, now = events.changes(before, snapshot(customer))
            if now:
                events.record(
                    act=act.because(shared_phone_reason),
                    action="customer.edited",
                    target=customer,
                    customer_id=customer.pk,
                    before=was,
                    after=now,
                )
    except IntegrityError as error:
        raise_if_phone_taken(error, values["phone"], but=customer)
        raise
    return customer


def details_of(customer: Customer, **changed: Any) -> Details:
    """Return a customer's particulars as they are, but for what is `changed`."""
    kept = {
        field.name: getattr(customer, field.name)
        for field in fields(Details)
        if field.name != "national_id"
    }
    return Details(**{**kept, "tags": tuple(customer.tags), **changed})


def column_values(details: Details) -> dict[str, Any]:
    """Return the details as columns: phones in E.164, branch filled in, texts tidy."""
    values = {field.name: getattr(details, field.name) for field in fields(details)}
    del values["national_id"]
    values["phone"] = phone_number(details.phone)
    values["alternate_phone"] = (
        phone_number(details.alternate_phone) if details.alternate_phone.strip() else ""
    )
    values["branch"] = details.branch or details.area.branch
    values["name"] = " ".join(details.name.split())
    values["email"] = details.email.strip().lower()
    values["tags"] = sorted({tag.strip().lower() for tag in details.tags if tag.strip()})
    return values


def phone_number(text: str) -> str:
    """Return a phone number in E.164. Raises PhoneRefused with the reason."""
    try:
        return phones.normalise(text)
    except phones.PhoneRefused as error:
        raise PhoneRefused(_(str(error))) from error


def phone_may_be_shared(phone: str, *, reason: str, but: Customer | None = None) -> bool:
    """Return False when the phone is free, True when it may be shared for a stated reason.

    Raises PhoneTaken when it is taken and no reason is given, ReasonMissing for a poor one.
    """
    other = duplicates.phone_owner(phone, but=but)
    if other is None:
        return False
    if not reason.strip():
        raise PhoneTaken(other, phone)
    trail.required_reason(reason)
    return True


def raise_if_phone_taken(error: IntegrityError, phone: str, *, but: Customer | None = None) -> None:
    """Turn the database's refusal of a phone (two clerks at once) into PhoneTaken."""
    if _PHONE_ONCE in str(error):
        raise PhoneTaken(duplicates.phone_owner(phone, but=but), phone) from error


def seal_national_id(customer: Customer, national_id: str | None) -> None:
    """Set the sealed national id and its fingerprint on the row (not saved here)."""
    if national_id is None:
        return
    plain = identifiers.national_id(national_id)
    customer.sealed_national_id = (
        crypto.seal(plain, context=national_id_context(customer)) if plain else ""
    )
    customer.national_id_fingerprint = (
        crypto.fingerprint(plain, purpose="national_id") if plain else ""
    )


def national_id_context(customer: Customer) -> str:
    """Return the place a national id is sealed for."""
    return f"customers.customer:{customer.seal_id}:national_id"


def learn_words(customer: Customer) -> None:
    """Let search know the words of a changed name or address (new rows: by trigger)."""
    statements.run(
        "SELECT learn_customer_words(ARRAY[%s]::text[])",
        [f"{customer.name} {customer.local_name} {customer.address}"],
    )


def snapshot(customer: Customer) -> dict[str, Any]:
    """Return what an audit event shows of a customer; the national id only as set or not."""
    return {
        "name": customer.name,
        "local_name": customer.local_name,
        "kind": customer.kind,
        "phone": customer.phone,
        "alternate_phone": customer.alternate_phone,
        "email": customer.email,
        "address": customer.address,
        "area": customer.area_id,
        "branch": customer.branch_id,
        "latitude": _text(customer.latitude),
        "longitude": _text(customer.longitude),
        "language": customer.language,
        "reseller": customer.reseller_id,
        "collector": customer.collector_id,
        "referred_by": customer.referred_by_id,
        "tags": list(customer.tags),
        "notes": customer.notes,
        "preferred_billing_day": customer.preferred_billing_day,
        "credit_limit_amount": f"{customer.credit_limit_amount:.2f}",
        "is_auto_pay": customer.is_auto_pay,
        "is_tax_exempt": customer.is_tax_exempt,
        "is_never_suspended": customer.is_never_suspended,
        "wants_sms": customer.wants_sms,
        "wants_whatsapp": customer.wants_whatsapp,
        "wants_email": customer.wants_email,
        "wants_marketing": customer.wants_marketing,
        "allows_shared_phone": customer.allows_shared_phone,
        "national_id": customer.national_id_fingerprint[:8],
    }


def _refuse_circle(customer: Customer, referrer: Customer | None) -> None:
    seen = {customer.pk}
    step = referrer
    while step is not None:
        if step.pk in seen:
            raise RefersInACircle(
                _("%(name)s was itself referred by this customer.") % {"name": referrer}
            )
        seen.add(step.pk)
        step = step.referred_by


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.6f}"
