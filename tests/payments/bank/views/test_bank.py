"""Bank statements and the unmatched lines in the console."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from billing.allocation.models import Payment
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent, JobRun
from ispbill.core import clock
from payments.bank.models import (
    BankAccount,
    KnownPayer,
    StatementImport,
    StatementLine,
    StatementPart,
)
from payments.bank.services import accepting, payers, reading
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.bank import bank_account, csv_of, imported, line_of, lines_of, uploaded
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
WHY = {"reason": "told so by the bank itself"}


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


def hx(target):
    return {"HX-Request": "true", "HX-Target": target}


def test_a_bank_account_is_added_and_changed(client, owner):
    given = {
        "name": "City Bank",
        "number": "110",
        "method": "EFT",
        "account": "1010",
        "branch": str(BranchFactory().pk),
    }

    added = client.post(address("add-bank-account"), given)
    account = BankAccount.objects.get()
    changed = client.post(address("bank-account", account.pk), given | {"name": "BRAC Bank"})
    twice = client.post(address("add-bank-account"), given | {"name": "BRAC Bank"})

    account.refresh_from_db()
    assert (added.status_code, changed.status_code, twice.status_code) == (302, 302, 422)
    assert (account.name, account.account_id) == ("BRAC Bank", 1010)
    assert "BRAC Bank" in text_of(client.get(address("bank")))


def test_a_statement_goes_from_its_file_to_the_unmatched_lines(client, owner):
    account, customer = bank_account(), CustomerFactory()
    open_invoice(customer)
    file = SimpleUploadedFile(
        "jan.csv",
        csv_of(
            ("2026-01-09", f"TRF {customer.number}", "1150.00"),
            ("2026-01-09", "Who", "5.00"),
            ("never", "=bad()", "1.00"),
        ),
    )

    response = client.post(address("upload-statement"), {"account": account.pk, "file": file})
    statement = StatementImport.objects.get()
    columns = client.get(response.headers["Location"], follow=True)
    assert "Which column is which?" in text_of(columns)
    assert f"TRF {customer.number}" in text_of(columns)

    form = {
        "encoding": "utf-8", "delimiter": ",", "head_row": "1", "date_format": "YYYY-MM-DD",
        "mark": ".", "column_date": "0", "column_amount": "5", "column_description": "1",
    }  # fmt: skip
    preview = client.get(
        address("statement-columns", statement.pk),
        form | {"date_format": "DD/MM/YYYY"},
        headers=hx("preview"),
    )
    assert "The day is not written as chosen." in text_of(preview)
    lacking = client.post(address("statement-columns", statement.pk), form | {"column_amount": ""})
    assert lacking.status_code == 422
    assert client.post(address("statement-columns", statement.pk), form).status_code == 302
    busy = client.get(address("bank-statement", statement.pk), headers=hx("statement-progress"))
    assert "Reading the rows" in text_of(busy)
    reading.read(statement_id=statement.pk, at=AT)
    over = client.get(address("bank-statement", statement.pk), headers=hx("statement-progress"))
    assert (over.status_code, over.headers["HX-Refresh"]) == (286, "true")

    page = text_of(client.get(address("bank-statement", statement.pk)))
    assert "Accept 1 sure line" in page
    bad = client.get(address("statement-bad-rows", statement.pk)).content.decode()
    assert "'=bad()" in bad
    accepted = client.post(
        address("accept-sure"), {"all": "1", "filters": f"statement={statement.pk}"}
    )
    assert accepted.status_code == 302
    assert Payment.objects.get().customer == customer
    assert client.post(address("accept-statement", statement.pk)).status_code == 302
    accepting.accept_statement(statement_id=statement.pk, at=AT)
    unmatched = text_of(client.get(address("unmatched")))
    assert "Who" in unmatched
    assert customer.number not in unmatched
    assert client.get(address("statement-columns", statement.pk)).status_code == 302


def test_the_same_file_leads_to_what_it_has_brought(client, owner):
    account = bank_account()
    statement = imported(account, ("2026-01-09", "a", "1.00"), at=AT)
    file = SimpleUploadedFile("again.csv", csv_of(("2026-01-09", "a", "1.00")))

    response = client.post(address("upload-statement"), {"account": account.pk, "file": file})

    assert response.headers["Location"] == address("bank-statement", statement.pk)


def test_what_is_no_statement_is_refused_with_its_reason(client, owner):
    file = SimpleUploadedFile("scan.pdf", b"%PDF-1.7 ...")

    response = client.post(
        address("upload-statement"), {"account": bank_account().pk, "file": file}
    )

    assert response.status_code == 422
    assert "This is a PDF" in text_of(response)


def test_a_file_is_thrown_away_while_it_has_brought_nothing(client, owner):
    account = bank_account()
    fresh = uploaded(account, csv_of(("2026-01-09", "a", "1.00")), at=AT)
    used = imported(account, ("2026-01-09", "b", "1.00"), at=AT)

    gone = client.post(address("discard-statement", fresh.pk), WHY)
    kept = client.post(address("discard-statement", used.pk), WHY)

    assert (gone.status_code, kept.status_code) == (302, 422)
    assert list(StatementImport.objects.values_list("pk", flat=True)) == [used.pk]


def test_a_line_is_found_its_customer_by_searching_and_split(client, owner):
    first = CustomerFactory(name="Rahim Uddin")
    second = CustomerFactory(name="Karim Mia")
    open_invoice(first, "300.00")
    line = line_of(bank_account(), "1000.00", at=AT, counterparty="HOUSE OF BROTHERS")
    page = address("unmatched-line", line.pk)

    hits = client.get(page, {"q": "karim"}, headers=hx("line-hits"))
    assert second.number in text_of(hits)
    assert "<html" not in text_of(hits)
    chosen = client.get(page, {"with": [first.number, second.number]}, headers=hx("line-match"))
    assert 'value="300.00"' in text_of(chosen)
    assert 'value="700.00"' in text_of(chosen)
    too_much = client.post(
        address("match-line", line.pk),
        {"customer": [first.number, second.number], "amount": ["300", "701"]},
    )
    assert too_much.status_code == 422
    response = client.post(
        address("match-line", line.pk),
        {"customer": [first.number, second.number], "amount": ["300", "700"], "remember": "on"},
    )

    line.refresh_from_db()
    assert (response.status_code, line.state) == (302, "MATCHED")
    assert KnownPayer.objects.count() == 0  # two customers: nobody in particular
    done = text_of(client.get(page))
    assert done.count("RCP-2026-") >= 2
    assert "RCP-2026-" in text_of(client.get(address("unmatched"), {"view": "done"}))


def test_money_that_may_be_there_already_is_offered_to_be_linked(client, owner):
    customer = CustomerFactory()
    payment = paid(customer, "1150.00", at=AT, method="EFT")
    line = line_of(bank_account(), at=AT)
    given = {"customer": customer.number, "amount": "1150"}

    asked = client.post(address("match-line", line.pk), given)
    assert asked.status_code == 422
    assert f"Yes, it is {payment.receipt_number}" in text_of(asked)
    linked = client.post(address("link-line", line.pk), {"what": "payment", "which": payment.pk})

    line.refresh_from_db()
    assert (linked.status_code, line.state, Payment.objects.count()) == (302, "MATCHED", 1)


def test_a_line_is_set_aside_paid_back_and_undone_with_reasons(client, owner):
    account = bank_account()
    charge, strange = line_of(account, "-20.00", at=AT), line_of(account, "7.00", at=AT)

    client.post(address("set-line-aside", charge.pk), {"kind": "CHARGES", **WHY})
    client.post(address("pay-line-back", strange.pk), WHY)
    states = list(StatementLine.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["IGNORED", "RETURNED"]
    part = StatementPart.objects.get(line=charge)
    no_reason = client.post(address("undo-line", charge.pk, part.pk), {"reason": "no"})
    client.post(address("undo-line", charge.pk, part.pk), WHY)

    charge.refresh_from_db()
    assert (no_reason.status_code, charge.state) == (422, "NEW")
    assert "Undone" in text_of(client.get(address("unmatched-line", charge.pk)))


def test_one_click_accepts_what_is_suggested_and_remembers_the_payer(client, owner):
    customer = CustomerFactory()
    line = line_of(
        bank_account(), description=f"TRF {customer.number}", counterparty="SOME MILLS", at=AT
    )

    response = client.post(address("accept-line", line.pk), {"rank": "1", "remember": "on"})
    again = client.post(address("accept-line", line.pk), {"rank": "1"}, follow=True)

    assert response.status_code == 302
    assert "already done" in text_of(again)
    assert Payment.objects.get().customer == customer
    assert "SOME MILLS" in text_of(client.get(address("known-payers")))
    client.post(address("forget-payer", KnownPayer.objects.get().pk), WHY)
    assert KnownPayer.objects.count() == 0


def test_many_sure_lines_are_accepted_by_a_worker(client, owner, monkeypatch):
    monkeypatch.setattr(accepting, "AT_ONCE", 2)
    customers = [CustomerFactory() for _each in range(4)]
    rows = [("2026-01-09", f"for {one.number}", "10.00") for one in customers]
    imported(bank_account(), *rows, ("2026-01-09", "nobody", "1.00"), at=AT)

    response = client.post(address("accept-sure"), {"all": "1", "filters": ""})
    run = JobRun.objects.get(job=accepting.LINES_JOB)
    assert response.headers["Location"] == address("accept-run", run.pk)
    accepting.accept_lines(run_id=run.pk, at=AT)
    accepting.accept_lines(run_id=run.pk, at=AT)

    run.refresh_from_db()
    assert (run.status, run.processed, run.failed) == ("COMPLETED", 4, 0)
    assert Payment.objects.count() == 4
    assert "4 succeeded" in text_of(client.get(address("accept-run", run.pk)))


def test_the_export_holds_what_the_filters_leave_and_no_formula(client, owner):
    account = bank_account()
    line_of(account, "5.00", description="=HYPERLINK()", at=AT)
    line_of(account, "-6.00", description="fee", at=AT)

    file = client.get(address("export-unmatched"), {"view": "open"}).content.decode()

    assert "'=HYPERLINK()" in file
    assert "fee" not in file
    assert client.get(address("export-unmatched"), {"format": "xlsx"}).status_code == 200


def test_the_list_asks_as_much_of_the_database_for_three_lines_as_for_one(
    client, owner, django_assert_max_num_queries
):
    account, customer = bank_account(), CustomerFactory()
    line_of(account, "5.00", description=customer.number, at=AT)
    with django_assert_max_num_queries(60) as one:
        client.get(address("unmatched"))
    line_of(account, "6.00", description=customer.number, at=AT)
    line_of(account, "7.00", description=customer.number, at=AT)

    with django_assert_max_num_queries(len(one.captured_queries)):
        client.get(address("unmatched"))


def test_an_empty_list_says_so_and_a_filter_finds_amounts(client, owner):
    assert "Everything is matched" in text_of(client.get(address("unmatched")))
    line_of(bank_account(), "1234.50", description="Alone", at=AT)

    assert "Alone" in text_of(client.get(address("unmatched"), {"q": "1,234.50"}))
    assert "No line matches this" in text_of(client.get(address("unmatched"), {"q": "zzz"}))


@pytest.mark.parametrize("role", [User.Role.CASHIER, User.Role.SUPPORT, User.Role.BRANCH_MANAGER])
def test_who_only_takes_money_does_not_see_our_accounts(client, role):
    client.force_login(UserFactory(role=role, branch=BranchFactory()))

    assert client.get(address("unmatched")).status_code == 403
    assert client.get(address("bank")).status_code == 403


def test_an_auditor_sees_but_does_not_touch(client):
    client.force_login(UserFactory(role=User.Role.AUDITOR))
    line = line_of(bank_account(), "5.00", at=AT)

    assert client.get(address("unmatched-line", line.pk)).status_code == 200
    assert client.post(address("set-line-aside", line.pk), WHY).status_code == 403


def test_who_did_what_is_written_down(client, owner):
    line = line_of(bank_account(), "-5.00", at=AT)

    client.post(address("set-line-aside", line.pk), {"kind": "CHARGES", **WHY})

    event = AuditEvent.objects.get(action="statement_line.set_aside")
    assert (event.actor_id, event.reason) == (owner.pk, WHY["reason"])
    assert event.after["amount"] == str(Decimal("-5.00"))
    assert payers.PURPOSE == "payer_account"
    assert lines_of(line.statement)[0].state == "IGNORED"
