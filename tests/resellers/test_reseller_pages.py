"""Pages about resellers: who sees what, what a partner may do, and what is never theirs."""

from datetime import UTC, datetime
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.allocation.models import Payment
from customers.models import Customer, Lead
from ispbill.core import clock
from ispbill.core.acts import Act
from resellers.models import Payout, Reseller, Transfer, Wallet
from resellers.services import commissions, onboarding
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import AreaFactory, CustomerFactory
from tests.factories.payments import open_invoice
from tests.factories.resellers import CommissionFactory, ResellerFactory, TransferFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
REASON = "agreed with the partner in the office"


def signed_in(user=None, **values):
    client = Client()
    client.force_login(user or UserFactory(**values))
    return client


def address(name, *args):
    return reverse(f"staff_resellers:{name}", args=args)


def owing(reseller, bill="1000.00"):
    customer = CustomerFactory(reseller_id=reseller.pk)
    open_invoice(customer, bill)
    return customer


def test_the_list_costs_the_same_for_one_and_for_three():
    client = signed_in(role="OWNER")
    owing(ResellerFactory(kind="PREPAID"))
    client.get(address("index"))

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address("index")).status_code == 200
        return len(queries)

    one = count()
    for _more in range(2):
        owing(ResellerFactory())

    assert count() == one


def test_roles_that_may_not_are_refused_and_a_manager_sees_the_own_branch():
    reseller = ResellerFactory()
    manager = signed_in(role="BRANCH_MANAGER", branch=BranchFactory())

    assert signed_in(role="CASHIER").get(address("index")).status_code == 403
    assert signed_in(role="AUDITOR").get(address("index")).status_code == 200
    assert signed_in(role="AUDITOR").get(address("add")).status_code == 403
    assert manager.get(address("reseller", reseller.number)).status_code == 404


def test_a_reseller_is_added_activated_and_given_a_plan():
    client, branch = signed_in(role="OWNER"), BranchFactory()
    area = AreaFactory(branch=branch)
    client.post(
        address("add"),
        {
            "name": "Quick Net",
            "phone": "01711000055",
            "email": "q@net.test",
            "branch": branch.pk,
            "areas": [area.pk],
            "kind": "PREPAID",
            "percent": "12.5",
            "payout_account": "bKash 017",
        },
    )
    made = Reseller.objects.get()
    client.post(address("decide", made.number, "activate"), {"reason": REASON})
    client.post(
        address("plan", made.number),
        {
            "kind": "TIER",
            "percent": "5",
            "tiers": "0 = 5\n50000 = 7",
            "manner": "MARGINAL",
            "effective_from": clock.today().isoformat(),
            "reason": REASON,
        },
    )
    page = client.get(address("reseller", made.number))

    made.refresh_from_db()
    assert (made.status, made.commission_rate, made.user.login) == (
        "ACTIVE",
        D("0.12500"),
        "q@net.test",
    )
    assert made.plans.get().tiers == [["0", "0.05"], ["50000", "0.07"]]
    assert "Tiers by monthly volume" in page.content.decode()


def test_a_partner_pays_a_bill_from_the_wallet_and_reads_the_gap_when_it_is_short():
    reseller = ResellerFactory(kind="PREPAID", commission_rate=D("0.20"))
    TransferFactory(reseller=reseller, amount="550.00")
    customer, client = owing(reseller), signed_in(reseller.user)
    url = f"{reverse('reseller:collect')}?customer={customer.number}"

    short = client.post(url, {"amount": "1000", "key": "0b39a3a0-0000-4000-8000-000000000001"})
    paid = client.post(url, {"amount": "500", "key": "0b39a3a0-0000-4000-8000-000000000002"})

    assert short.status_code == 422
    assert "250.00 short" in short.content.decode()
    assert "?amount=500.00" in short.content.decode()
    assert paid.status_code == 302
    assert Payment.objects.get().method == "RESELLER"
    assert Wallet.objects.get().balance_amount == D("150.00")


def test_anothers_customer_is_not_there_and_rights_are_kept():
    reseller = ResellerFactory()
    stranger = CustomerFactory()
    viewer = onboarding.add_user(
        reseller=reseller,
        name="Viewer",
        email="v@r.test",
        rights="VIEWER",
        act=Act(UserFactory(role="OWNER"), AT),
    ).user
    url = reverse("reseller:collect")

    assert signed_in(reseller.user).get(f"{url}?customer={stranger.number}").status_code == 404
    assert signed_in(viewer).get(url).status_code == 403
    assert signed_in(viewer).get(reverse("reseller:money")).status_code == 200
    assert signed_in(viewer).post(reverse("reseller:request-payout")).status_code == 403
    assert signed_in(viewer).get(reverse("reseller:add-customer")).status_code == 403


def test_a_suspended_partner_reads_the_statement_and_nothing_else():
    reseller = ResellerFactory(status="SUSPENDED")
    CustomerFactory(reseller_id=reseller.pk, name="Dulal Mia")
    client = signed_in(reseller.user)

    assert client.get(reverse("reseller:money")).status_code == 200
    assert client.get(reverse("reseller:collect")).status_code == 403
    assert "Dulal" not in client.get(reverse("reseller:customers")).content.decode()


def test_money_on_its_way_counts_once_the_office_confirms_it():
    reseller = ResellerFactory(kind="PREPAID")
    signed_in(reseller.user).post(
        reverse("reseller:money"),
        {
            "amount": "800",
            "method": "EFT",
            "reference": "FT-1",
            "key": "0b39a3a0-0000-4000-8000-000000000003",
        },
    )
    sent = Transfer.objects.get()
    clerk = signed_in(role="BILLING")

    assert (sent.status, Wallet.objects.get().balance_amount) == ("SENT", D(0))
    clerk.post(address("decide-transfer", sent.number, "confirm"), {"yes": "1"})
    clerk.post(address("decide-transfer", sent.number, "reject"), {"reason": REASON})
    sent.refresh_from_db()
    assert (sent.status, Wallet.objects.get().balance_amount) == ("CONFIRMED", D(800))


def test_a_partner_asks_for_a_payout_and_the_office_decides():
    one = CommissionFactory(paid="6000.00")
    commissions.approve(commission_ids=[one.pk], act=Act(UserFactory(role="OWNER"), AT))
    client = signed_in(one.reseller.user)

    client.post(reverse("reseller:request-payout"))
    client.post(reverse("reseller:request-payout"))

    asked = Payout.objects.get()
    assert (asked.status, asked.needs_second, asked.amount) == ("WAITING", True, D("600.00"))
    assert asked.number in client.get(reverse("reseller:payouts")).content.decode()


def test_a_customer_is_proposed_as_a_lead_but_not_with_the_phone_of_a_reseller():
    reseller, area = ResellerFactory(), AreaFactory()
    reseller.areas.add(area)
    client, url = signed_in(reseller.user), reverse("reseller:add-customer")
    given = {"name": "Rahim", "address": "House 1", "area": area.pk}

    refused = client.post(url, {**given, "phone": reseller.phone})
    client.post(url, {**given, "phone": "01711223344"})

    assert refused.status_code == 422
    assert Lead.objects.get().source.startswith(reseller.number)
    assert not Customer.objects.filter(name="Rahim").exists()


def test_the_own_customers_leave_as_a_file_that_is_written_down():
    reseller = ResellerFactory()
    mine = CustomerFactory(reseller_id=reseller.pk)
    CustomerFactory(name="Somebody else")

    text = signed_in(reseller.user).get(reverse("reseller:export")).content.decode()

    assert mine.number in text
    assert "Somebody else" not in text


def test_customers_are_moved_by_number():
    reseller, customer = ResellerFactory(), CustomerFactory()
    client = signed_in(role="BILLING")
    given = {"to": reseller.pk, "first_day": clock.today().isoformat(), "reason": REASON}
    asked = client.post(address("move"), {**given, "customers": customer.number})
    assert "outside its areas" in asked.content.decode()
    given["confirmed"] = "on"

    wrong = client.post(address("move"), {**given, "customers": "CT-1999-00001"})
    client.post(address("move"), {**given, "customers": f"{customer.number.lower()}, "})

    assert "CT-1999-00001" in wrong.content.decode()
    customer.refresh_from_db()
    assert customer.reseller_id == reseller.pk


def test_all_together_is_what_the_books_say():
    reseller = ResellerFactory(kind="PREPAID")
    TransferFactory(reseller=reseller, amount="900.00")
    CommissionFactory()

    page = signed_in(role="OWNER").get(address("report")).content.decode()

    assert "The three sums are those of the books." in page
