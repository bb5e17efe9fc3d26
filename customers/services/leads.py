"""People who may become customers: from the first call to the first service."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.models import Area, Customer, Lead, Package
from customers.services import profile, registration
from customers.services.profile import Details
from customers.services.subscriptions import FirstService
from ispbill.accounts.models import Branch, User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

Stage = Lead.Stage
_ONE_OPEN = "lead_open_once_a_phone"


class LeadClosed(DomainError):
    """A lead that became a customer is history."""


class LostNeedsReason(DomainError):
    """A lost lead says why."""


class AskedBefore(DomainError):
    """Another open lead has this phone."""


@dataclass(frozen=True)
class Interest:
    """What is known of a lead. The phone in any spelling."""

    name: str
    phone: str
    branch: Branch
    email: str = ""
    address: str = ""
    area: Area | None = None
    source: str = ""
    package: Package | None = None
    owner: User | None = None
    next_action_on: date | None = None
    notes: str = ""


@transaction.atomic
def add(*, interest: Interest, act: Act) -> Lead:
    """Write down a lead; who asks again while it is open gets a note on it. Raises PhoneRefused.

    `created_at` of the returned lead tells which it was: for a new one it is the act's moment.
    """
    values = _values(interest)
    trail.begin(act=act.because(""))
    known = _open_of(values["phone"])
    if known is not None:
        return _asked_again(known, interest, act=act)
    try:
        with transaction.atomic():
            lead = Lead.objects.create(**values, created_at=act.at)
    except IntegrityError as error:
        known = _open_of(values["phone"]) if _ONE_OPEN in str(error) else None
        if known is None:
            raise
        return _asked_again(known, interest, act=act)
    events.record(target=lead, action="lead.added", act=act, after={"source": lead.source})
    return lead


@transaction.atomic
def edit(*, lead: Lead, interest: Interest, act: Act) -> Lead:
    """Change a lead that is still open. Raises PhoneRefused, LeadClosed, AskedBefore."""
    values = _values(interest)
    trail.begin(act=act.because(""))
    lead = _open_lead(lead)
    if lead.is_open:
        _refuse_second(lead, values["phone"])
    before = {name: str(getattr(lead, name) or "") for name in values}
    for name, value in values.items():
        setattr(lead, name, value)
    lead.save(update_fields=list(values))
    was, now = events.changes(before, {name: str(value or "") for name, value in values.items()})
    if now:
        events.record(target=lead, action="lead.edited", act=act, before=was, after=now)
    return lead


@transaction.atomic
def move(*, lead: Lead, stage: str, act: Act, lost_reason: str = "") -> Lead:
    """Put a lead into another stage. Won is reached by `convert` alone.

    Raises LeadClosed, LostNeedsReason, AskedBefore, DomainError for won.
    """
    if stage == Stage.WON:
        raise DomainError(_("A lead is won by converting it to a customer."))
    if stage not in Stage.values:
        raise DomainError(_("There is no such stage."))
    lost_reason = lost_reason.strip() if stage == Stage.LOST else ""
    if stage == Stage.LOST and not lost_reason:
        raise LostNeedsReason(_("Say why the lead was lost."))
    trail.begin(act=act.because(lost_reason))
    lead = _open_lead(lead)
    was = lead.stage
    if was != stage:
        if stage != Stage.LOST:
            _refuse_second(lead, lead.phone)
        lead.stage, lead.lost_reason = stage, lost_reason
        lead.save(update_fields=["stage", "lost_reason"])
        events.record(
            target=lead,
            action="lead.moved",
            act=act.because(lost_reason),
            before={"stage": was},
            after={"stage": stage},
        )
    return lead


@transaction.atomic
def convert(
    *,
    lead: Lead,
    details: Details,
    act: Act,
    first_service: FirstService | None = None,
    shared_phone_reason: str = "",
) -> Customer:
    """Make the lead a customer with a pending service, all or nothing; the lead is won.

    Raises LeadClosed, and whatever registering the customer or adding the service refuses.
    """
    trail.begin(act=act.because(""))
    lead = _open_lead(lead)
    customer = registration.register(
        details=details,
        first_service=first_service,
        act=act,
        shared_phone_reason=shared_phone_reason,
    )
    was = lead.stage
    lead.stage, lead.lost_reason, lead.customer = Stage.WON, "", customer
    lead.save(update_fields=["stage", "lost_reason", "customer"])
    events.record(
        target=lead,
        action="lead.converted",
        act=act,
        before={"stage": was},
        after={"stage": Stage.WON, "customer": customer.number},
    )
    return customer


def _values(interest: Interest) -> dict[str, Any]:
    values = {field.name: getattr(interest, field.name) for field in fields(interest)}
    values["phone"] = profile.phone_number(interest.phone)
    values["email"] = interest.email.strip().lower()
    return values


def _open_of(phone: str) -> Lead | None:
    found = Lead.objects.select_for_update(of=("self",)).filter(phone=phone)
    return found.exclude(stage__in=[Stage.WON, Stage.LOST]).first()


def _asked_again(lead: Lead, interest: Interest, *, act: Act) -> Lead:
    """Add what was said this time to the notes, and what was not known before to the rest."""
    said = [
        _("Asked again on %(day)s") % {"day": act.on.isoformat()},
        interest.source,
        interest.package.name if interest.package else "",
        interest.notes.strip(),
    ]
    lead.notes = "\n".join(filter(None, [lead.notes, " · ".join(filter(None, said))]))
    for name in ("email", "address"):
        if not getattr(lead, name):
            setattr(lead, name, getattr(interest, name))
    if lead.area_id is None:
        lead.area = interest.area
    lead.package = interest.package or lead.package
    lead.save(update_fields=["notes", "email", "address", "area", "package"])
    events.record(
        target=lead, action="lead.asked_again", act=act, after={"source": interest.source}
    )
    return lead


def _refuse_second(lead: Lead, phone: str) -> None:
    other = _open_of(phone)
    if other is not None and other.pk != lead.pk:
        raise AskedBefore(_("%(name)s, another open lead, has this phone.") % {"name": other.name})


def _open_lead(lead: Lead) -> Lead:
    lead = Lead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
    if lead.stage == Stage.WON:
        raise LeadClosed(_("%(name)s is a customer already.") % {"name": lead.name})
    return lead
