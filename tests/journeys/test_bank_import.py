"""A bank statement from its file to the books, by hand in a browser and a real worker."""

from datetime import date
from decimal import Decimal

from django.db.models import Sum
from playwright.sync_api import expect

from billing.allocation.models import Payment
from billing.invoices.models import Invoice
from billing.ledger.models import Posting
from customers.models import Customer
from ispbill.accounts.models import Branch
from payments.bank.models import BankAccount, StatementImport, StatementLine
from tests.factories.bank import csv_of
from tests.factories.billing import chart
from tests.journeys.conftest import eventually


def test_a_statement_is_imported_matched_and_accepted(visit, tmp_path):
    chart()
    BankAccount.objects.create(
        name="City Bank",
        account_id=1010,
        branch=Branch.objects.order_by("pk")[0],
        created_at="2026-01-01T00:00Z",
    )
    sure, likely = Customer.objects.order_by("number")[:2]
    file = tmp_path / "january.csv"
    file.write_bytes(
        csv_of(
            ("2026-01-09", f"NPSB {sure.number}", "", sure.name, "", "1150.00"),
            ("2026-01-09", "SOMEBODY", "", "MILL ROAD TRADERS", "778899001122", "700.00"),
            ("2026-01-09", "NOBODY KNOWS", "", "", "", "55.00"),
            ("2026-01-09", "Fee", "", "", "", "-23.00"),
            ("no day", "Total", "", "", "", "1882.00"),
        )
    )
    page = visit("billing@demo.test")

    page.goto("/admin/bank/upload/")
    page.set_input_files("input[name=file]", str(file))
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", name="Which column is which?")).to_be_visible()
    expect(page.get_by_text("09 Jan 2026").first).to_be_visible()
    page.select_option("select[name=date_format]", "DD/MM/YYYY")
    expect(page.get_by_text("The day is not written as chosen.").first).to_be_visible()
    page.select_option("select[name=date_format]", "YYYY-MM-DD")
    expect(page.get_by_text("09 Jan 2026").first).to_be_visible()
    page.get_by_role("button", name="Read the statement").click()

    expect(page.get_by_role("button", name="Accept 1 sure line")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("link", name="Bad rows file")).to_be_visible()
    page.get_by_role("button", name="Accept 1 sure line").click()
    expect(page.get_by_text("1 line accepted.").first).to_be_visible()
    assert Payment.objects.filter(customer=sure, method="EFT", amount=1150).count() == 1

    row = page.locator("tr", has_text="MILL ROAD TRADERS")
    row.get_by_role("link", name="Match").click()
    page.locator("#line-q").press_sequentially(likely.name.split()[0])
    page.locator("#line-hits a", has_text=likely.number).click()
    page.get_by_label("Remember the payer").check()
    page.get_by_role("button", name="Match").click()
    expect(page.get_by_text("Matched.").first).to_be_visible()
    assert likely.known_payers.count() == 2

    page.goto("/admin/unmatched/?view=out")
    page.locator("[data-row-link]").first.click()
    page.get_by_role("link", name="Set aside").click()
    page.get_by_label("Reason").fill("Monthly fee of the account")
    page.locator("dialog").get_by_role("button", name="Set aside").click()
    expect(page.get_by_text("Set aside.").first).to_be_visible()

    statement = StatementImport.objects.get()
    page.goto(f"/admin/bank/statements/{statement.pk}/")
    with page.expect_navigation():  # a plain form asks first whether one is still signed in
        page.get_by_role("button", name="Accept the statement").click()
    eventually(
        lambda: StatementImport.objects.get().state == "ACCEPTED", seconds=60, what="acceptance"
    )
    page.goto("/admin/unmatched/")
    expect(page.get_by_text("NOBODY KNOWS")).to_be_visible()
    states = StatementLine.objects.order_by("row_no").values_list("state", flat=True)
    assert list(states) == ["MATCHED", "MATCHED", "HELD", "IGNORED"]
    owed = Posting.objects.filter(account=2330).aggregate(sum=Sum("amount"))["sum"]
    assert owed == Decimal(-55)
    assert Invoice.objects.filter(customer=sure, issued_on__lte=date(2026, 1, 10)).exists()
