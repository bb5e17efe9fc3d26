"""A reseller's pages reach its own living customers: found by the database, never carried along."""

import re
from datetime import UTC, datetime

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import Customer
from ispbill.core import clock, rls
from ispbill.core.rls import Partner
from resellers.models import ResellerUser
from resellers.queries import own_customers
from tests.architecture.row_level_security import tenants
from tests.factories.accounts import UserFactory
from tests.factories.customers import AreaFactory, CustomerFactory, SubscriptionFactory
from tests.factories.payments import open_invoice, paid
from tests.factories.resellers import ResellerFactory
from tests.factories.tickets import opened

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(db):
    clock.set_simulated(AT)


def lived_in(**values):
    customer = SubscriptionFactory(customer=CustomerFactory(**values)).customer
    open_invoice(customer, "1150.00")
    paid(customer, "500.00", at=AT)
    return customer


def reached():
    """The customers of all rows of all tables the portal's role may read, by table."""
    found = {}
    with connection.cursor() as cursor:
        for tenant in tenants(connection.connection):
            try:
                with transaction.atomic():
                    cursor.execute(f"SELECT DISTINCT {tenant.column} FROM {tenant.table}")
                    found[tenant.table] = {pk for (pk,) in cursor.fetchall()}
            except ProgrammingError as error:
                if "permission denied" not in str(error):
                    raise
    return {table: ids for table, ids in found.items() if ids}


def test_raw_sql_reaches_the_resellers_living_customers_and_nobody_elses():
    reseller, rival = ResellerFactory(), ResellerFactory()
    mine = lived_in(reseller_id=reseller.pk)
    lived_in(reseller_id=rival.pk)
    lived_in()
    gone = lived_in(reseller_id=reseller.pk)
    Customer.objects.filter(pk=gone.pk).update(archived_at=AT)

    with rls.as_portal(own_customers.reach(reseller.user)):
        found = reached()

    assert set().union(*found.values()) == {mine.pk}
    assert len(found) >= 5, sorted(found)


def test_a_collector_reaches_the_own_areas_and_one_without_areas_nobody():
    reseller = ResellerFactory()
    near, far = AreaFactory(branch=reseller.branch), AreaFactory(branch=reseller.branch)
    collector = UserFactory(role="RESELLER")
    ResellerUser.objects.create(reseller=reseller, user=collector, rights="COLLECTOR")
    here = lived_in(reseller_id=reseller.pk, area=near)
    lived_in(reseller_id=reseller.pk, area=far)

    with rls.as_portal(own_customers.reach(collector)):
        assert reached() == {}
    reseller.areas.set([near])
    with rls.as_portal(own_customers.reach(collector)):
        assert set().union(*reached().values()) == {here.pk}


def test_what_was_set_for_a_reseller_is_gone_for_who_comes_after():
    reseller, stranger = ResellerFactory(), lived_in()
    lived_in(reseller_id=reseller.pk)
    with rls.as_portal(Partner(reseller.pk, [])):
        assert reached()
    with rls.as_portal([stranger.pk]):
        assert set().union(*reached().values()) == {stranger.pk}
    with rls.as_portal([]):
        assert reached() == {}


def test_a_suspended_reseller_reaches_nobody():
    reseller = ResellerFactory()
    lived_in(reseller_id=reseller.pk)
    reseller.status = "SUSPENDED"
    reseller.save()
    with rls.as_portal(own_customers.reach(reseller.user)):
        assert reached() == {}


@pytest.mark.parametrize("name", ["customers", "dashboard", "tickets", "messages"])
def test_no_statement_names_all_of_a_resellers_customers(client, name):
    reseller = ResellerFactory()
    for _turn in range(own_customers.PER_PAGE + 5):
        CustomerFactory(reseller_id=reseller.pk)
    everybody = {str(pk) for pk in Customer.objects.values_list("pk", flat=True)}
    client.force_login(reseller.user)

    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse(f"reseller:{name}")).status_code == 200

    assert not [one["sql"] for one in asked if everybody <= set(re.findall(r"\d+", one["sql"]))]


@pytest.mark.parametrize("rights", ["COLLECTOR", "CASHIER"])
def test_a_collector_takes_money_and_opens_neither_tickets_nor_requests(client, rights):
    area = AreaFactory()
    customer = SubscriptionFactory(customer=CustomerFactory(area=area)).customer
    reseller = ResellerFactory()
    reseller.areas.set([area])
    Customer.objects.filter(pk=customer.pk).update(reseller_id=reseller.pk)
    user = UserFactory(role="RESELLER")
    ResellerUser.objects.create(reseller=reseller, user=user, rights=rights)
    client.force_login(user)

    answers = {
        name: client.get(reverse(name, args=[customer.number])).status_code
        for name in ("reseller:add-ticket", "reseller_billing:package-of", "reseller:customer")
    }

    may = rights == "CASHIER"
    assert answers["reseller:add-ticket"] == (200 if may else 403)
    assert answers["reseller_billing:package-of"] in ((200, 302) if may else (403,))
    assert answers["reseller:customer"] == 200


def test_what_happened_to_an_own_customer_stands_in_one_line_the_newest_first(client):
    customer = lived_in(area=AreaFactory())
    ticket = opened(customer, at=AT)
    reseller = ResellerFactory()
    Customer.objects.filter(pk=customer.pk).update(reseller_id=reseller.pk)
    client.force_login(reseller.user)
    page = reverse("reseller:customer", args=[customer.number])

    answer = client.get(page)
    with CaptureQueriesContext(connection) as before:
        client.get(page)
    for _more in range(2):
        opened(customer, at=AT)
        open_invoice(customer, "10.00")
    with CaptureQueriesContext(connection) as after:
        client.get(page)

    found = answer.context["happened"]
    assert {one.ticket.number for one in found if one.ticket} == {ticket.number}
    assert sorted(bool(one.bill) + 2 * bool(one.payment) for one in found) == [0, 1, 2]
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)
    assert ticket.number in answer.content.decode()
    assert len(after) == len(before)
