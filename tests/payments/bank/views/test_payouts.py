"""Settlement files and what providers hold, in the console."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from billing.allocation.models import Payment
from ispbill.accounts.models import User
from ispbill.core import clock
from payments.bank.models import SettlementImport
from tests.factories.accounts import UserFactory
from tests.factories.bank import bank_account
from tests.factories.customers import CustomerFactory
from tests.payments.bank.test_payouts import file_of, row, taken_in, through

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
COLUMNS = {
    "encoding": "utf-8", "delimiter": ",", "head_row": "1", "date_format": "YYYY-MM-DD",
    "mark": ".", "column_transaction": "0", "column_date": "1", "column_gross": "2",
    "column_fee": "3", "column_net": "4",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _ten_january(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def owner(client):
    user = UserFactory()
    client.force_login(user)
    return user


def address(name, *args):
    return reverse(f"staff_payments:{name}", args=args)


def text_of(response):
    return " ".join(response.content.decode().split())


def test_a_settlement_goes_from_its_file_to_the_books(client, owner):
    account, customer = bank_account(), CustomerFactory()
    through("BKASH", "AAA11111", at=AT)
    through("BKASH", "HELD0001", "77.00", at=AT)
    content = file_of(row("AAA11111"), row("WHO00001"), ("=bad", "never", "x", "", ""))
    file = SimpleUploadedFile("payout.csv", content)
    given = {
        "provider": "BKASH",
        "bank_account": account.pk,
        "reference": "PO-1",
        "paid_on": "2026-01-10",
        "file": file,
    }

    uploaded = client.post(address("upload-payout"), given, follow=True)
    payout = SettlementImport.objects.get()
    assert "AAA11111" in text_of(uploaded)
    preview = client.get(
        address("payout-columns", payout.pk),
        COLUMNS | {"column_transaction": ""},
        headers={"HX-Request": "true", "HX-Target": "preview"},
    )
    assert "Say which column holds the transaction id." in text_of(preview)
    assert client.post(address("payout-columns", payout.pk), COLUMNS).status_code == 302
    page = text_of(client.get(address("payout", payout.pk)))
    assert "Book the payout" in page
    assert "HELD0001" in page  # what we have and the provider did not pay
    assert "'=bad" in client.get(address("payout-bad-rows", payout.pk)).content.decode()
    assert client.post(address("book-payout", payout.pk)).status_code == 302

    unknown = payout.lines.get(transaction_id="WHO00001")
    assert "WHO00001" in text_of(client.get(address("payouts")))
    held = text_of(client.get(address("clearing")))
    assert "HELD0001" in held
    assert "Comes to zero" in held
    nobody = client.post(address("claim-payout-line", unknown.pk), {"customer": "CT-2000-9"})
    assert nobody.status_code == 422
    client.post(address("claim-payout-line", unknown.pk), {"customer": customer.number})
    assert Payment.objects.get(customer=customer).reference == "WHO00001"
    assert client.get(address("clearing"), {"format": "csv"}).status_code == 200
    assert client.get(address("payout-columns", payout.pk)).status_code == 302


def test_a_settlement_that_is_not_booked_is_thrown_away(client, owner):
    file = SimpleUploadedFile("payout.csv", file_of(row("AAA11111")))
    client.post(
        address("upload-payout"),
        {
            "provider": "NAGAD",
            "bank_account": bank_account().pk,
            "reference": "PO-1",
            "paid_on": "2026-01-10",
            "file": file,
        },
    )
    payout = SettlementImport.objects.get()

    response = client.post(
        address("discard-payout", payout.pk), {"reason": "the wrong file it was"}
    )

    assert (response.status_code, SettlementImport.objects.count()) == (302, 0)


def test_a_payout_of_tomorrow_is_refused(client, owner):
    file = SimpleUploadedFile("payout.csv", file_of(row("AAA11111")))

    response = client.post(
        address("upload-payout"),
        {
            "provider": "NAGAD",
            "bank_account": bank_account().pk,
            "reference": "PO-1",
            "paid_on": "2026-01-11",
            "file": file,
        },
    )

    assert response.status_code == 422


def test_an_auditor_sees_payouts_and_books_none(client):
    client.force_login(UserFactory(role=User.Role.AUDITOR))

    assert client.get(address("payouts")).status_code == 200
    assert client.get(address("clearing")).status_code == 200
    assert client.get(address("upload-payout")).status_code == 403


def test_what_was_charged_back_in_part_is_on_the_work_strip_until_somebody_decides(client, owner):
    through("BKASH", "AAA11111", at=AT)
    back = row("AAA11111", "-200.00", "0.00", "-200.00")
    payout = taken_in(bank_account(), owner, row("AAA11111"), back, at=AT)
    client.post(address("book-payout", payout.pk))
    line = payout.lines.get(is_chargeback=True)

    work = client.get(reverse("staff:tile", args=["work"])).context["items"]
    assert [item["count"] for item in work if item["label"] == "Chargebacks"] == [1]
    assert "to be decided" in text_of(client.get(address("payouts")))
    assert "To be decided" in text_of(client.get(address("payout", payout.pk)))
    asked = text_of(client.get(address("decide-chargeback", line.pk)))
    assert "bKash took" in asked
    assert "is reversed and its rest is credited" in asked

    given = {"what": "BEAR", "reason": "short"}
    assert client.post(address("decide-chargeback", line.pk), given).status_code == 422
    given["reason"] = "the customer is right, we bear it"
    client.post(address("decide-chargeback", line.pk), given)

    assert "Borne by the company" in text_of(client.get(address("payout", payout.pk)))
    again = client.post(address("decide-chargeback", line.pk), given)
    assert "decided already" in text_of(again)
