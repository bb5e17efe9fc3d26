"""Former orders as staff see them: the list, the report, matched by hand, made a customer."""

import pytest
from django.urls import reverse

from customers.models import Customer
from ispbill.core.acts import Act
from ispbill.core.models import Company
from signup import tasks
from signup.legacy.queries import records
from signup.legacy.services import backfilling
from tests.factories.accounts import UserFactory
from tests.factories.customers import AreaFactory, CustomerFactory
from tests.factories.signup import former_order
from tests.queued import instead_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client):
    user = UserFactory(role="OWNER")
    client.force_login(user)
    return user


def page_of(name, *args):
    return reverse(f"staff_signup:{name}", args=args)


def test_the_list_says_what_is_wrong_and_how_well_it_went(client, owner):
    customer = CustomerFactory(email="amina@mail.test")
    former_order(email="amina@mail.test")
    orphan = former_order(name="Eva Das", phone="01711000009")
    backfilling.run(act=Act.now(None))

    page = client.get(page_of("legacy-orders")).content.decode()
    matched = client.get(page_of("legacy-orders"), {"tab": "matched"}).content.decode()
    report = b"".join(client.get(page_of("orphaned-orders")).streaming_content).decode()

    assert "50.00 % of the orders have found" in page
    assert ("Eva Das" in page, "No customer has e-mail or phone" in page) == (True, True)
    assert customer.name in matched
    assert (orphan.source_id in report, "orphaned_order" in report) == (True, True)


def test_an_order_is_matched_by_account_number(client, owner):
    order, customer = former_order(), CustomerFactory()

    wrong = client.post(page_of("match-order", order.pk), {"customer": "CT-1999-1"})
    right = client.post(page_of("match-order", order.pk), {"customer": customer.number.lower()})

    assert (wrong.status_code, right.status_code) == (422, 302)
    order.refresh_from_db()
    assert order.customer == customer
    panel = client.get(page_of("former-panel", customer.number)).content.decode()
    shown = client.get(reverse("staff_customers:customer", args=[customer.number]))
    assert order.source_id in panel
    assert "Former system" in shown.content.decode()


def test_a_customer_is_made_of_an_order_in_one_step(client, owner):
    area = AreaFactory(name="Banani")
    order = former_order(name="Eva Das", phone="01711000009", area="banani")
    asked = client.get(page_of("create-from-order", order.pk)).content.decode()

    answer = client.post(page_of("create-from-order", order.pk), {"area": area.pk})

    assert f'value="{area.pk}" selected' in asked
    assert answer.status_code == 302, answer.content.decode()
    assert Customer.objects.get().name == "Eva Das"


def test_who_has_the_phone_already_is_named_before(client, owner):
    customer = CustomerFactory(phone="+8801711000009")
    order = former_order(phone="01711000009")

    asked = client.get(page_of("create-from-order", order.pk)).content.decode()

    assert customer.number in asked


def test_matching_is_started_from_the_page(client, owner, monkeypatch):
    instead_of(monkeypatch, "signup.backfill_orders", lambda told: tasks.backfill_orders(**told))
    CustomerFactory(email="amina@mail.test")
    order = former_order(email="amina@mail.test")

    answer = client.post(page_of("backfill-orders"))

    assert answer.status_code == 302
    order.refresh_from_db()
    assert order.matched_by == "EMAIL"


@pytest.mark.parametrize(("role", "status"), [("BILLING", 200), ("SALES", 403), ("NOC", 403)])
def test_who_may_see_former_orders(client, role, status):
    client.force_login(UserFactory(role=role))

    assert client.get(page_of("legacy-orders")).status_code == status


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_order_and_for_three(
    client, owner, count, django_assert_max_num_queries
):
    for _n in range(count):
        former_order()
    backfilling.run(act=Act.now(None))
    client.get(page_of("legacy-orders"))

    with django_assert_max_num_queries(14):
        client.get(page_of("legacy-orders"))


def test_below_which_share_the_page_warns_is_the_companys_setting():
    kept = records.Counts(total=100, matched=90, errors={})
    assert kept.is_low
    Company.objects.update(legacy_match_percent=90)
    Company.forget_cached()
    assert not kept.is_low
