"""Tax withheld of payouts (partners-rules 2): kept for the state in account 2370."""

from datetime import UTC, datetime
from decimal import Decimal as D

import pytest
from django.urls import reverse

from billing.ledger.models import Posting
from ispbill.core.acts import Act
from ispbill.reports.queries import proofs
from resellers.models import Reseller
from resellers.rules import dues
from resellers.services import commissions, payouts
from tests.factories.accounts import UserFactory
from tests.factories.resellers import CommissionFactory, ResellerFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


def booked(account):
    return sum(Posting.objects.filter(account=account).values_list("amount", flat=True))


def approved(reseller, amount="27500.00"):
    """A tenth of a payment: 2,750.00."""
    one = CommissionFactory(reseller=reseller, paid=amount)
    act = Act(UserFactory(role="OWNER"), AT)
    commissions.approve(commission_ids=[one.pk], act=act)
    return one


def test_the_worked_example():
    due = dues.Due(D("3200.00"), D("450.00"), D("0.10"))
    assert (due.amount, due.withheld, due.payable) == (D("2750.00"), D("275.00"), D("2475.00"))


def test_a_payout_keeps_the_tax_and_pays_the_rest():
    reseller = ResellerFactory(withholding_rate=D("0.10"))
    earned = approved(reseller)
    act = Act(UserFactory(role="OWNER"), AT)

    payout = payouts.record(reseller=reseller, method="EFT", reference="FT-1", act=act)

    tax = (earned.amount * D("0.10")).quantize(D("0.01"))
    assert (payout.amount, payout.withheld_amount) == (earned.amount, tax)
    assert payout.payable == earned.amount - tax
    assert booked(2370) == -tax
    assert booked(2350) == 0
    assert proofs.check_all() == []


def test_without_a_rate_all_of_it_is_paid():
    reseller = ResellerFactory()
    approved(reseller)
    act = Act(UserFactory(role="OWNER"), AT)
    payout = payouts.record(reseller=reseller, method="EFT", reference="FT-1", act=act)

    assert (payout.withheld_amount, booked(2370)) == (0, 0)


def test_staff_set_it_in_percent_and_everybody_reads_it(client):
    reseller = ResellerFactory(payout_account="bKash 017")
    client.force_login(UserFactory(role="OWNER"))
    address = reverse("staff_resellers:limits", args=[reseller.number])
    form = client.get(address).context["form"]
    given = {name: form[name].value() for name in form.fields}
    client.post(
        address,
        {
            **{name: value for name, value in given.items() if value not in (None, False)},
            "withholding_rate": "7.5",
            "reason": "the tax office wants it",
        },
    )
    assert Reseller.objects.get().withholding_rate == D("0.07500")
    assert client.get(address).context["form"]["withholding_rate"].value() == "7.5"

    approved(reseller)
    page = client.get(reverse("staff_resellers:record-payout", args=[reseller.pk]))
    assert "Tax withheld" in page.content.decode()
    client.force_login(reseller.user)
    assert client.get(reverse("reseller:payouts")).status_code == 200
