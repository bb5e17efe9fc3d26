"""A row as it was: replaying its versions gives the row of every moment."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Package
from ispbill.audit.queries import history
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from tests.factories.customers import CustomerFactory, PackageFactory, SubscriptionFactory

START = datetime(2026, 1, 1, tzinfo=UTC)
TABLE = "customers_package"

pytestmark = pytest.mark.django_db(transaction=True)


def moment(minutes):
    return START + timedelta(minutes=minutes)


def change(package, at, **values):
    with transaction.atomic():
        trail.begin(act=Act(None, at))
        Package.objects.filter(pk=package.pk).update(**values)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    gaps=st.lists(st.integers(min_value=0, max_value=3), min_size=0, max_size=8),
    asked=st.integers(min_value=0, max_value=30),
)
def test_the_state_at_any_moment_is_what_was_last_written_before_it(gaps, asked):
    Package.objects.all().delete()
    package = PackageFactory(name="name 0")
    told, now = [(-1, "name 0")], 0
    for number, gap in enumerate(gaps, start=1):
        now += gap
        change(package, moment(now), name=f"name {number}")
        told.append((now, f"name {number}"))

    found = history.state_at(table=TABLE, row_id=package.pk, moment=moment(asked))

    assert found["name"] == [name for when, name in told if when <= asked][-1]


def test_a_removed_row_is_known_until_its_end():
    package = PackageFactory(name="Dhaka")
    with transaction.atomic():
        trail.begin(act=Act(None, moment(5)))
        package_pk = package.pk
        package.delete()

    before = history.state_at(table=TABLE, row_id=package_pk, moment=moment(4))
    after = history.state_at(table=TABLE, row_id=package_pk, moment=moment(5))

    assert (before["name"], after) == ("Dhaka", None)


def test_a_row_with_a_birthday_did_not_exist_before_it():
    from tests.factories.customers import BORN, CustomerFactory

    customer = CustomerFactory()

    table = "customers_customer"
    before = BORN - timedelta(seconds=1)
    assert history.state_at(table=table, row_id=customer.pk, moment=before) is None
    assert history.state_at(table=table, row_id=customer.pk, moment=BORN)["name"] == customer.name


def test_only_listed_tables_can_be_asked_for():
    with pytest.raises(KeyError):
        history.state_at(table="accounts_user", row_id=1, moment=START)


def test_every_listed_table_keeps_versions():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'keep_versions_update'"
        )
        kept = {row[0] for row in cursor.fetchall()}

    assert set(history.TABLES.values()) <= kept


def test_sealed_values_are_never_shown():
    from tests.factories.customers import CustomerFactory

    state = history.current(table="customers_customer", row_id=CustomerFactory().pk)

    assert not [key for key in history.shown(state) if "sealed" in key or "fingerprint" in key]


def test_a_switched_service_is_kept_once_and_its_customer_s_row_not_again():
    service = SubscriptionFactory(status="ACTIVE", activated_on=START.date())
    customer = service.customer
    with transaction.atomic():
        trail.begin(act=Act(None, moment(5), reason="unpaid past the days of grace"))
        service.suspended_at, service.status = moment(5), "SUSPENDED"
        service.save()

    customer.refresh_from_db()
    assert customer.status == "SUSPENDED"
    assert history.versions(table="customers_customer", row_id=customer.pk) == []
    (kept,) = history.versions(table="customers_subscription", row_id=service.pk)
    assert kept.data["status"] == "ACTIVE"


def test_a_customer_s_versions_do_not_claim_a_status_that_follows_from_the_services():
    customer = CustomerFactory(name="Old name")
    with transaction.atomic():
        trail.begin(act=Act(None, moment(5)))
        type(customer).objects.filter(pk=customer.pk).update(name="New name")

    (kept,) = history.versions(table="customers_customer", row_id=customer.pk)
    now = history.current(table="customers_customer", row_id=customer.pk)
    assert (kept.data["name"], now["name"]) == ("Old name", "New name")
    assert "status" not in kept.data | now


@pytest.mark.parametrize(
    ("value", "said"), [(None, "—"), ("", "—"), (True, "yes"), (False, "no"), (0, "0")]
)
def test_what_a_column_holds_is_said_in_words(value, said):
    assert history.shown({"is_active": value}) == {"is_active": said}
