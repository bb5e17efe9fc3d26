"""What a person decides about an order of the former system: whose it is, or whose it becomes."""

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Area, Customer
from customers.services import registration
from customers.services.profile import Details
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import live
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from signup.legacy.models import LegacyRecord, ValidationIssue
from signup.legacy.queries import records

Match = LegacyRecord.Match


class AlreadyMatched(Stale):
    """The order belongs to somebody meanwhile."""


@transaction.atomic
def match(*, record: LegacyRecord, customer: Customer, act: Act[User]) -> LegacyRecord:
    """Give an order to a customer. Raises AlreadyMatched, DomainError for an archived one."""
    if customer.is_archived:
        raise DomainError(_("This account is archived."))
    trail.begin(act=act.because(""))
    return _give(_locked(record), customer, Match.HAND, act=act)


@transaction.atomic
def create_customer(
    *, record: LegacyRecord, area: Area, act: Act[User]
) -> tuple[LegacyRecord, bool]:
    """Make a customer of an order, or give it to the one who has its phone already.

    Returns the order, and whether a customer was made. Raises AlreadyMatched, PhoneRefused.
    """
    trail.begin(act=act.because(""))
    record = _locked(record)
    owner = records.owner_of(record, act.actor)
    if owner is not None:
        return _give(record, owner, Match.HAND, act=act), False
    details = Details(
        name=record.name or record.source_id,
        phone=record.phone,
        area=area,
        address=record.address or area.name,
        email=records.normal_email(record.email),
        tags=("imported",),
        wants_marketing=False,
    )
    customer = registration.register(details=details, customer_since=record.on, act=act)
    return _give(record, customer, Match.CREATED, act=act), True


def _locked(record: LegacyRecord) -> LegacyRecord:
    record = LegacyRecord.objects.select_for_update(of=("self",)).get(pk=record.pk)
    if record.customer_id is not None:
        raise AlreadyMatched(_("This order belongs to a customer already."))
    return record


def _give(record: LegacyRecord, customer: Customer, by: str, *, act: Act[User]) -> LegacyRecord:
    record.customer, record.matched_by, record.matched_at = customer, by, act.at
    record.save(update_fields=["customer", "matched_by", "matched_at"])
    ValidationIssue.objects.filter(record=record, resolved_at=None).update(
        resolved_at=act.at, resolved_by=act.actor
    )
    events.record(
        act=act,
        action="legacy.matched",
        target=record,
        label=record.source_id,
        customer_id=customer.pk,
        branch_id=customer.branch_id,
        after={"by": by},
    )
    live.changed("legacy")
    return record
