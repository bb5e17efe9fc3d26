"""What a partner takes along: the voucher of a payout, the statement of a month."""

import pytest
from django.urls import reverse

from billing.invoices.services import documents
from billing.invoices.services.documents import Wanted
from customers.models import Customer
from resellers.services import papers
from tests.factories.resellers import (
    CommissionBackFactory,
    CommissionFactory,
    PayoutFactory,
    ResellerFactory,
)

pytestmark = pytest.mark.django_db


def shown(kind, source_id, variant=""):
    return documents.html(documents.paper(Wanted(kind, source_id, "en", variant)), "en")


def test_the_voucher_is_the_own_one_alone(client):
    mine, theirs = PayoutFactory(), PayoutFactory()
    client.force_login(mine.reseller.user)
    assert client.get(reverse("reseller:payout-paper", args=[mine.number])).status_code == 202
    assert client.get(reverse("reseller:payout-paper", args=[theirs.number])).status_code == 404


def test_a_month_says_what_came_and_what_went_back(client):
    reseller = ResellerFactory()
    CommissionFactory(reseller=reseller)
    CommissionBackFactory(commission=CommissionFactory(reseller=reseller, paid="500.00"))

    page = shown(papers.MONTH, reseller.pk, "2026-01-01")

    assert "Jan 2026" in page
    for amount in ("150.00", "50.00)", "100.00"):
        assert amount in page
    assert "Nothing was earned." in shown(papers.MONTH, reseller.pk, "2026-02-01")
    client.force_login(reseller.user)
    address = reverse("reseller:month-paper", args=[2026, 1])
    assert client.get(address).status_code == 202
    assert client.get(reverse("reseller:month-paper", args=[2026, 13])).status_code == 404
    assert client.get(reverse("reseller:month-paper", args=[2199, 1])).status_code == 404


def test_whose_customer_moved_on_is_masked_on_page_and_paper(client):
    reseller = ResellerFactory()
    one = CommissionFactory(reseller=reseller)
    name = one.customer.name
    Customer.objects.filter(pk=one.customer_id).update(name="Rahim Uddin", reseller_id=None)
    client.force_login(reseller.user)

    page = client.get(reverse("reseller:commissions")).content.decode()

    for told in (page, shown(papers.MONTH, reseller.pk, "2026-01-01")):
        assert "R***m U***n" in told
        assert "Rahim Uddin" not in told
        assert name not in told
