"""The pages of partners' money: who sees what, what a click does, and how much is asked."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.invoices.services import documents
from billing.invoices.services.documents import Wanted
from customers.models import CustomerLogin
from customers.services import referrals
from ispbill.core.acts import Act
from ispbill.core.models import Company
from resellers.models import Commission, Payout
from resellers.services import commissions
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, ReferralFactory
from tests.factories.payments import paid, rewarded
from tests.factories.resellers import CommissionFactory, PayoutFactory, ResellerFactory

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 1, 11, 4, 0, tzinfo=UTC)


@pytest.fixture
def owner(client):
    user = UserFactory(role="OWNER")
    client.force_login(user)
    return user


def programme():
    Company.current()
    Company.objects.update(rewards_referrals=True)
    Company.forget_cached()


def asked(client, url):
    with CaptureQueriesContext(connection) as queries:
        page = client.get(url)
    assert page.status_code == 200, url
    return len(queries), page.content.decode()


def test_staff_approve_what_is_ticked_and_record_the_payout(client, owner):
    reseller = ResellerFactory(name="Uttara Link")
    one, other = (CommissionFactory(reseller=reseller) for _i in "ab")

    page = client.get(reverse("staff_resellers:commissions")).content.decode()
    assert one.payment.receipt_number in page
    client.post(reverse("staff_resellers:approve-commissions"), {"id": [one.pk]})
    assert list(Commission.objects.order_by("pk").values_list("status", flat=True)) == [
        "APPROVED",
        "ACCRUED",
    ]

    form = {"method": "EFT", "reference": "FT-9", "note": "", "expected": "100.00"}
    said = client.post(reverse("staff_resellers:record-payout", args=[reseller.pk]), form)
    payout = Payout.objects.get()
    assert (said.status_code, payout.amount, payout.status) == (302, Decimal("100.00"), "PAID")
    shown = client.get(reverse("staff_resellers:payout", args=[payout.number])).content.decode()
    assert "Uttara Link" in shown
    assert other.payment.receipt_number not in shown


def test_above_the_limit_a_payout_needs_a_fresh_proof_of_both(client, owner):
    Company.current()
    Company.objects.update(payout_limit_amount=Decimal(50))
    Company.forget_cached()
    one = CommissionFactory()
    commissions.approve(commission_ids=[one.pk], act=Act(owner, AT))
    record = reverse("staff_resellers:record-payout", args=[one.reseller_id])
    form = {"method": "EFT", "reference": "", "note": "", "expected": "100.00"}

    def stale():
        session = client.session
        session["proven_at"] = 0
        session.save()

    stale()
    assert client.post(record, form).headers["X-Step-Up"] == "asked"
    assert not Payout.objects.exists()
    proof = {"step_up": "write", "step_up_password": "Test-12345!"}
    assert client.post(record, {**form, **proof}).status_code == 302
    payout = Payout.objects.get(status="WAITING")

    client.force_login(UserFactory(role="OWNER"))
    stale()
    approve = reverse("staff_resellers:decide-payout", args=[payout.number, "approve"])
    assert client.post(approve).headers["X-Step-Up"] == "asked"
    client.post(approve, proof)
    payout.refresh_from_db()
    assert payout.status == "PAID"


def test_another_amount_than_was_seen_is_refused(client, owner):
    one = CommissionFactory()
    commissions.approve(commission_ids=[one.pk], act=Act(owner, AT))

    form = {"method": "EFT", "reference": "", "note": "", "expected": "99.00"}
    said = client.post(reverse("staff_resellers:record-payout", args=[one.reseller_id]), form)

    assert (said.status_code, Payout.objects.exists()) == (422, False)


def test_a_branch_manager_sees_the_own_branch_only(client):
    one = CommissionFactory()
    client.force_login(UserFactory(role="BRANCH_MANAGER", branch=CustomerFactory().branch))

    assert (
        one.payment.receipt_number not in asked(client, reverse("staff_resellers:commissions"))[1]
    )


def test_the_statement_names_every_payment_and_the_sum():
    payout = PayoutFactory()

    page = documents.html(documents.paper(Wanted("PARTNER_PAYOUT", payout.pk, "en")), "en")

    assert payout.commissions.get().payment.receipt_number in page
    assert "100.00" in page


def test_a_reseller_sees_the_own_money_only(client):
    payout = PayoutFactory()
    foreign = CommissionFactory()
    client.force_login(payout.reseller.user)

    earned = asked(client, reverse("reseller:commissions"))[1]
    out = asked(client, reverse("reseller:payouts"))[1]
    home = asked(client, reverse("reseller:dashboard"))[1]

    assert payout.commissions.get().payment.receipt_number in earned
    assert payout.number in out
    assert foreign.payment.receipt_number not in earned
    assert "Paid so far" in home


def test_lists_ask_as_much_for_three_rows_as_for_one(client, owner):
    pages = ["staff_resellers:commissions", "staff_resellers:payouts", "staff_payments:referrals"]
    payout = PayoutFactory()
    CommissionFactory(reseller=payout.reseller)
    rewarded(at=AT)
    for url in pages:
        client.get(reverse(url))
    one = [asked(client, reverse(url))[0] for url in pages]
    for _i in "ab":
        CommissionFactory(reseller=PayoutFactory().reseller)
        rewarded(at=AT)

    assert [asked(client, reverse(url))[0] for url in pages] == one
    assert max(one) <= 12


def test_staff_clear_a_suspicious_referral_and_refuse_a_credited_one(client, owner):
    referral = ReferralFactory(suspicion="PHONE")
    paid(referral.referred, "500.00", at=AT)
    page = client.get(reverse("staff_payments:referrals") + "?show=suspicious").content.decode()
    assert "Same phone number" in page

    url = reverse("staff_payments:decide-referral", args=[referral.pk, "approve"])
    client.post(url, {"reason": "two brothers in two flats"})
    referral.refresh_from_db()
    assert referral.status == "CREDITED"

    url = reverse("staff_payments:decide-referral", args=[referral.pk, "refuse"])
    client.post(url, {"reason": "the same person after all"})
    referral.refresh_from_db()
    assert referral.status == "REFUSED"


def test_a_customer_sees_the_own_code_and_masked_friends(client):
    programme()
    referral = ReferralFactory(referred__name="Rahim Uddin")
    user = UserFactory(role="CUSTOMER")
    CustomerLogin.objects.create(user=user, customer=referral.referrer)
    client.force_login(user)

    page = asked(client, reverse("portal:referrals"))[1]

    assert referral.referrer.referral_code.code in page
    assert "R***m U***n" in page
    assert "Rahim" not in page


def test_an_invitation_leads_on_and_tells_nobodys_name(client):
    programme()
    customer = CustomerFactory(name="Karim Molla")
    code = referrals.code_of(customer, at=AT)

    good = asked(client, reverse("public:referral", args=[code]))[1]
    bad = asked(client, reverse("public:referral", args=["ZZZZZZZZ"]))[1]

    assert code in good
    assert "Karim" not in good
    assert "not good any more" in bad
