"""A lead from the first call to the first service."""

from datetime import date

import pytest

from customers.models import Customer, Lead, Subscription
from customers.services import leads
from customers.services.leads import Interest
from customers.services.profile import PhoneRefused, PhoneTaken
from customers.services.subscriptions import FirstService, PackageHasNoPrice
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from tests.customers.details import details
from tests.factories.accounts import BranchFactory
from tests.factories.customers import (
    CustomerFactory,
    LeadFactory,
    PackageFactory,
    PackagePriceFactory,
)

pytestmark = pytest.mark.django_db

ON = date(2026, 1, 10)


def convert(lead, at, **changes):
    service = changes.pop("first_service", None)
    return leads.convert(
        lead=lead, details=details(**changes), first_service=service, act=Act(None, at, on=ON)
    )


def test_a_lead_is_written_down_with_its_phone_in_one_form(at):
    lead = leads.add(
        interest=Interest(name="Karim", phone="01711-000005", branch=BranchFactory()),
        act=Act(None, at),
    )

    assert (lead.phone, lead.stage) == ("+8801711000005", "NEW")
    assert AuditEvent.objects.filter(action="lead.added").count() == 1


def test_a_lead_without_a_phone_number_is_refused(at):
    with pytest.raises(PhoneRefused):
        leads.add(
            interest=Interest(name="Karim", phone="soon", branch=BranchFactory()), act=Act(None, at)
        )


def test_a_lead_moves_and_says_why_it_is_lost(at):
    lead = LeadFactory()

    leads.move(lead=lead, stage="SURVEY", act=Act(None, at))
    with pytest.raises(leads.LostNeedsReason):
        leads.move(lead=lead, stage="LOST", lost_reason="  ", act=Act(None, at))
    lost = leads.move(lead=lead, stage="LOST", lost_reason="No coverage", act=Act(None, at))

    assert (lost.stage, lost.lost_reason) == ("LOST", "No coverage")
    assert leads.move(lead=lead, stage="CONTACTED", act=Act(None, at)).lost_reason == ""


@pytest.mark.parametrize("stage", ["WON", "ASLEEP"])
def test_a_lead_is_not_won_by_hand(at, stage):
    with pytest.raises(DomainError):
        leads.move(lead=LeadFactory(), stage=stage, act=Act(None, at))


def test_a_lead_becomes_a_customer_with_a_service_in_one_step(at):
    lead = LeadFactory()
    package = PackagePriceFactory().package

    customer = convert(lead, at, first_service=FirstService(package=package, billing_day=25))

    lead.refresh_from_db()
    service = Subscription.objects.get()
    assert (lead.stage, lead.customer) == ("WON", customer)
    assert (service.customer, service.billing_day, service.status) == (customer, 25, "PENDING")
    assert AuditEvent.objects.get(action="lead.converted").after["customer"] == customer.number


@pytest.mark.parametrize("wrong", ["price", "phone"])
def test_when_one_part_is_refused_nothing_is_done(at, wrong):
    lead = LeadFactory()
    CustomerFactory(phone="+8801711000009", number="CT-2025-90001")
    service = FirstService(package=PackageFactory()) if wrong == "price" else None
    phone = "01711000009" if wrong == "phone" else "01711000001"

    with pytest.raises((PackageHasNoPrice, PhoneTaken)):
        convert(lead, at, phone=phone, first_service=service)

    lead.refresh_from_db()
    assert (lead.stage, Customer.objects.count(), Subscription.objects.count()) == ("NEW", 1, 0)


def test_a_won_lead_is_history(at):
    lead = LeadFactory()
    convert(lead, at)

    with pytest.raises(leads.LeadClosed):
        convert(lead, at, phone="01711000002")
    with pytest.raises(leads.LeadClosed):
        leads.move(lead=lead, stage="NEW", act=Act(None, at))
    with pytest.raises(leads.LeadClosed):
        leads.edit(
            lead=lead,
            interest=Interest(name="X", phone="01711000005", branch=lead.branch),
            act=Act(None, at),
        )


def test_an_edit_tells_what_changed(at):
    lead = LeadFactory(name="Karim", phone="+8801711000005")

    leads.edit(
        lead=lead,
        interest=Interest(name="Karim Ali", phone="01711000005", branch=lead.branch),
        act=Act(None, at),
    )

    assert AuditEvent.objects.get(action="lead.edited").after == {"name": "Karim Ali"}
    assert Lead.objects.get().name == "Karim Ali"
