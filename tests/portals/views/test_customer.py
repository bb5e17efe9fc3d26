"""The customer's pages: own things only, in both languages, light enough for a slow phone."""

import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import CustomerLogin
from ispbill.accounts.models import User
from ispbill.core import clock
from tests.factories.accounts import UserFactory
from tests.factories.billing import scheduled
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.gateway_accounts import gateway_account
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = ["home", "bills", "pay", "usage", "support", "more"]


@pytest.fixture(autouse=True)
def _tenth_of_january(at):
    clock.set_simulated(at)


@pytest.mark.parametrize("language", ["en", "bn"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_in_both_languages(as_customer, page, language):
    customer = CustomerFactory(language=language)
    SubscriptionFactory(customer=customer)
    open_invoice(customer)

    answer = as_customer(customer).get(reverse(f"portal:{page}"))

    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.content.decode()
    assert answer["Cache-Control"] == "private, no-store"


def test_home_says_what_is_owed_since_when_and_when_the_line_pauses(as_customer):
    customer = CustomerFactory()
    open_invoice(customer, due=date(2026, 1, 15))

    text = as_customer(customer).get(reverse("portal:home")).content.decode()

    assert "1,150.00" in text
    assert "in 5 days" in text
    assert '<time datetime="2026-01-18">18 Jan 2026</time> if' in text


def test_a_late_bill_says_how_late(as_customer):
    customer = CustomerFactory()
    open_invoice(customer, due=date(2026, 1, 9))

    text = as_customer(customer).get(reverse("portal:home")).content.decode()

    assert "1 day late" in text


def test_home_names_the_next_bill_with_tax_once_all_is_paid(as_customer, at):
    subscription = SubscriptionFactory(price_amount="1000.00")
    scheduled(subscription, billed_until=date(2026, 2, 5))
    open_invoice(subscription.customer)
    paid(subscription.customer, "1150.00", at=at)

    text = as_customer(subscription.customer).get(reverse("portal:home")).content.decode()

    assert "All paid." in text
    assert "05 Feb 2026" in text
    assert text.count("1,150.00") == 2  # the payment made, and about the next bill


def test_somebody_elses_bill_is_not_there_not_even_to_the_database(as_customer):
    theirs = open_invoice(CustomerFactory())
    client = as_customer(CustomerFactory())

    assert client.get(reverse("portal:invoice", args=[theirs.number])).status_code == 404


def test_a_receipt_of_somebody_else_is_not_there(as_customer, at):
    other = CustomerFactory()
    open_invoice(other)
    receipt = paid(other, "100.00", at=at).receipt_number

    client = as_customer(CustomerFactory())

    assert client.get(reverse("portal:receipt-pdf", args=[receipt])).status_code == 404


def test_one_phone_with_two_accounts_may_switch_between_them_only(as_customer):
    first, second, strange = CustomerFactory(), CustomerFactory(), CustomerFactory()
    client = as_customer(first)
    CustomerLogin.objects.create(user=User.objects.get(login=first.phone), customer=second)

    client.post(reverse("portal:switch-account"), {"account": second.number})
    home = client.get(reverse("portal:home")).content.decode()
    refused = client.post(reverse("portal:switch-account"), {"account": strange.number})

    assert f"Hello, {second.name}" in home
    assert refused.status_code == 404


def test_older_bills_load_as_rows_for_htmx_and_as_a_page_without_it(as_customer):
    customer = CustomerFactory()
    for _number in range(13):
        open_invoice(customer, amount="10.00")
    client = as_customer(customer)
    address = reverse("portal:bills")

    first = client.get(address)
    following = first.context["next_bills"]
    rows = client.get(f"{address}?before={following}", headers={"HX-Request": "true"})
    plain = client.get(f"{address}?before={following}")

    assert len(first.context["bills"]) == 12
    assert len(rows.context["bills"]) == 1
    assert "<html" not in rows.content.decode()
    assert "<html" in plain.content.decode()


@pytest.mark.parametrize("page", ["home", "bills"])
def test_more_rows_cost_no_more_queries(as_customer, page, at):
    customer = CustomerFactory()
    client = as_customer(customer)

    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(f"portal:{page}"))
        return len(queries)

    def add():
        SubscriptionFactory(customer=customer, line_no=customer.subscriptions.count() + 1)
        open_invoice(customer)
        paid(customer, "100.00", at=at)

    add()
    count()  # fills caches
    with_one = count()
    add()
    add()

    assert count() == with_one
    assert with_one <= 24


def test_staff_do_not_get_into_the_portal(client):
    client.force_login(UserFactory())

    answer = client.get(reverse("portal:home"))

    assert answer.status_code == 302
    assert answer["Location"].startswith("/portal/login")


def test_the_first_view_keeps_its_weight(as_customer):
    """Compressed: HTML ≤ 20 KB, CSS ≤ 20 KB, all of it without pictures ≤ 90 KB."""
    customer = CustomerFactory()
    SubscriptionFactory(customer=customer)
    open_invoice(customer)
    html = as_customer(customer).get(reverse("portal:home")).content
    sheets = [finders.find(f"css/{name}.css") for name in ("tokens", "lite", "ui")]
    scripts = [finders.find("js/app.js"), finders.find("js/theme.js"), _htmx()]

    html_size, css_size, js_size = (
        len(gzip.compress(html)),
        _compressed(sheets),
        _compressed(scripts),
    )

    assert html_size <= 20_000
    assert css_size <= 20_000
    assert html_size + css_size + js_size <= 90_000


def _htmx():
    return finders.find("django_htmx/htmx-2.min.js")


def _compressed(paths):
    return sum(len(gzip.compress(Path(path).read_bytes())) for path in paths)


def test_months_ahead_change_the_amount_that_is_paid_and_say_which_is_chosen(as_customer, at):
    subscription = SubscriptionFactory(price_amount="1000.00")
    scheduled(subscription, billed_until=date(2026, 2, 5))
    open_invoice(subscription.customer)
    gateway_account(at=at)
    client = as_customer(subscription.customer)
    page = client.get(reverse("portal:pay"))
    chips = page.context["payable"].choices
    assert page.context["form"]["amount"].value() == Decimal("1150.00")

    for _months, amount in chips:
        chosen = client.get(reverse("portal:pay"), {"amount": f"{amount:.2f}"})

        assert chosen.context["form"]["amount"].value() == amount
        text = chosen.content.decode()
        assert f'name="amount" value="{amount}"' in text
        assert text.count('aria-current="true" href="?amount=') == 1


def test_a_debt_below_what_gateways_take_is_no_dead_end(as_customer, at):
    customer = CustomerFactory()
    open_invoice(customer, "4.50")
    gateway_account(at=at)

    page = as_customer(customer).get(reverse("portal:pay"))

    assert page.context["form"]["amount"].value() == Decimal("10.00")
