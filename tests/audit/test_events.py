"""Whose an event is: its target's own customer and branch, unless something else is said."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from ispbill.audit.services import events
from ispbill.core.acts import Act
from tests.factories.customers import CustomerFactory, SubscriptionFactory

AT = datetime(2026, 1, 10, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def told(target, **said):
    with transaction.atomic():
        return events.record(act=Act(None, AT), action="thing.changed", target=target, **said)


def test_an_event_takes_customer_branch_and_name_from_its_target():
    customer, service = CustomerFactory(), SubscriptionFactory()

    of_service, of_customer = told(service), told(customer)

    assert (of_service.customer_id, of_service.branch_id) == (service.customer_id, None)
    assert of_service.target_label == service.connection_id
    assert (of_customer.customer_id, of_customer.branch_id) == (None, customer.branch_id)


def test_what_is_said_of_an_event_goes_before_its_target_even_nobody():
    customer, service = CustomerFactory(), SubscriptionFactory()

    assert told(service, customer_id=customer.pk, branch_id=customer.branch_id).customer_id == (
        customer.pk
    )
    assert told(customer, branch_id=None).branch_id is None
