"""Numbers on a page in Bangla are of one kind: as the company has chosen."""

import re

import pytest
from django.urls import reverse

from ispbill.core import clock
from ispbill.core.models import Company
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = [
    *(f"portal:{name}" for name in ("home", "bills", "pay", "prepaid", "methods", "add-method")),
    *(f"portal:{name}" for name in ("add-transfer", "referrals", "usage", "more", "support")),
    *(f"portal_billing:{name}" for name in ("offers", "pauses", "package")),
]


def words(page):
    """What is read on a page: no markup, no identifiers, no input values."""
    body = re.search(r"<main.*</main>", page, re.DOTALL)[0]
    body = re.sub(
        r'<(\w+)[^>]*class="[^"]*\bcode\b[^"]*"[^>]*>.*?</\1>', " ", body, flags=re.DOTALL
    )
    body = re.sub(r"<option.*?</option>", " ", body, flags=re.DOTALL)
    body = re.sub(r"<[^>]+>", " ", body)
    return re.sub(r"\S*(?:CT|INV|RCP)-\S*|\+?\d{10,}|[\w.]+@[\w.]+|\S*TRX\S*", " ", body)


@pytest.fixture
def reader(as_customer, at):
    clock.set_simulated(at)
    customer = CustomerFactory(language="bn", name="Amina", address="Road")
    SubscriptionFactory(customer=customer, status="ACTIVE", package__name="Home")
    open_invoice(customer)
    paid(customer, "400.00", at=at)
    return as_customer(customer)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("is_bangla", [True, False])
def test_a_page_has_one_kind_of_digits(reader, page, is_bangla):
    Company.objects.update(uses_bangla_digits=is_bangla)
    Company.forget_cached()

    text = words(reader.get(reverse(page)).content.decode())

    strange = re.findall(r"\S*[0-9]\S*" if is_bangla else r"\S*[০-৯]\S*", text)
    assert strange == []


def test_a_count_in_a_sentence_and_the_amount_beside_it_are_alike(reader):
    Company.objects.update(uses_bangla_digits=True)
    Company.forget_cached()

    text = words(reader.get(reverse("portal:home")).content.decode())

    assert ("৭৫০.০০" in text, "750.00" in text) == (True, False)
