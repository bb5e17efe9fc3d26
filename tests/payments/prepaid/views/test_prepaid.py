"""Staff pages of prepaid services and recharge cards."""

import re
from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from billing.approvals.models import Approval
from billing.invoices.models import Schedule
from billing.prepaid.models import BridgedDays, RenewalChoice
from billing.prepaid.services import prepaid_run
from customers.models import Subscription
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.core import clock, pdf
from ispbill.core.acts import Act
from payments.prepaid.models import Voucher, VoucherBatch, VoucherSheet
from payments.prepaid.rules import voucher_codes
from payments.prepaid.services import voucher_sheets
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory, PackageFactory, PackagePriceFactory
from tests.factories.payments import codes_of, paid, prepaid, voucher_batch
from tests.laws import at_once

pytestmark = pytest.mark.django_db(transaction=True)

WHY = "because the customer asked"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _tenth_of_january(at):
    clock.set_simulated(at)


@pytest.fixture
def owner(client):
    user = UserFactory(role=User.Role.OWNER)
    client.force_login(user)
    return client


def of(name, service, **_more):
    return reverse(f"staff_payments:{name}", args=[service.customer.number, service.line_no])


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_list_shows_who_ends_soon_and_who_is_over(owner, at):
    soon, later = prepaid(until=date(2026, 1, 15)), prepaid(until=date(2026, 1, 30))
    over = prepaid(until=date(2026, 1, 5), status="SUSPENDED")
    address = reverse("staff_payments:prepaid")

    ending = text(owner.get(address))
    wider = text(owner.get(f"{address}?within=30"))
    expired = text(owner.get(f"{address}?show=expired"))

    names = [one.customer.number for one in (soon, later, over)]
    assert [name in ending for name in names] == [True, False, False]
    assert [name in wider for name in names] == [True, True, False]
    assert [name in expired for name in names] == [False, False, True]


def test_the_list_asks_as_much_for_one_as_for_three(owner):
    address = reverse("staff_payments:prepaid")
    prepaid(until=date(2026, 1, 15))
    owner.get(address)
    with CaptureQueriesContext(connection) as one:
        owner.get(address)
    prepaid(until=date(2026, 1, 15))
    prepaid(until=date(2026, 1, 16))
    with CaptureQueriesContext(connection) as three:
        owner.get(address)

    assert len(three) == len(one)


def test_the_panel_on_a_customers_page_offers_what_can_be_done(owner, at):
    service = prepaid(until=date(2026, 1, 15))
    paid(service.customer, "300.00", at=at)

    shown = owner.get(reverse("staff_payments:prepaid-panel", args=[service.customer.number]))

    page = shown.content.decode()
    for name in ("prepaid-renew", "prepaid-days", "prepaid-switch", "prepaid-choose"):
        assert of(name, service) in page
    assert "850" in page


def test_staff_renew_from_credit_once_for_what_they_saw(owner, at):
    service = prepaid(until=date(2026, 1, 15))
    paid(service.customer, "3000.00", at=at)
    address = of("prepaid-renew", service)
    assert "1,150" in text(owner.get(address))

    first = owner.post(address, {"periods": 1, "seen": "2026-01-15"}, headers=HTMX)
    second = owner.post(address, {"periods": 1, "seen": "2026-01-15"}, headers=HTMX)

    assert (first.status_code, second.status_code) == (204, 422)
    assert Schedule.objects.get().billed_until == date(2026, 2, 15)


def test_renewing_without_credit_says_what_is_missing(owner):
    service = prepaid(until=date(2026, 1, 15))

    answer = owner.post(of("prepaid-renew", service), {"periods": 1, "seen": "2026-01-15"})

    assert answer.status_code == 422
    assert "1,150" in text(answer)


def test_few_days_are_given_at_once_many_wait(owner):
    service = prepaid(until=date(2026, 1, 15))
    address = of("prepaid-days", service)

    owner.post(address, {"days": 2, "reason": WHY})
    owner.post(address, {"days": 20, "reason": WHY})
    refused = owner.post(address, {"days": 2, "reason": "short"})

    assert Schedule.objects.get().billed_until == date(2026, 1, 17)
    assert BridgedDays.objects.count() == 1
    approval = Approval.objects.get()
    assert approval.kind == "DAYS"
    assert owner.get(reverse("staff_billing:approval", args=[approval.pk])).status_code == 200
    assert refused.status_code == 422


def test_the_kind_and_the_renewal_are_changed(owner):
    service = prepaid(until=date(2026, 1, 15))

    owner.post(of("prepaid-choose", service), {"is_on": "0"})
    owner.post(of("prepaid-switch", service), {"reason": WHY})

    assert RenewalChoice.objects.get().is_on is False
    assert Subscription.objects.get().mode == "POSTPAID"


def test_staff_redeem_a_card_for_a_customer(owner, at):
    service = prepaid(until=date(2026, 1, 9))
    prepaid_run.run(act=Act(None, at))
    code = codes_of(voucher_batch(at=at))[0]
    address = reverse("staff_payments:redeem", args=[service.customer.number])

    wrong = owner.post(address, {"code": "ABCD"})
    owner.post(address, {"code": voucher_codes.written(code)})

    assert wrong.status_code == 422
    assert Subscription.objects.get().status == "ACTIVE"
    assert Voucher.objects.get(status="REDEEMED").payment.received_by.login.startswith("staff")


def test_a_batch_is_made_sold_blocked_and_lapses(owner, at):
    branch = BranchFactory()
    new = {
        "kind": "VALUE",
        "value": "500",
        "price": "450",
        "count": "5",
        "valid_until": "2026-02-01",
        "branch": branch.pk,
    }
    assert owner.get(reverse("staff_payments:add-voucher-batch")).status_code == 200
    owner.post(reverse("staff_payments:add-voucher-batch"), new)
    batch = VoucherBatch.objects.get()
    assert (batch.number, batch.count, str(batch.price_amount)) == ("VB-2026-00001", 5, "450.00")

    def post(name, **values):
        return owner.post(reverse(f"staff_payments:{name}", args=[batch.number]), values)

    post("sell-vouchers", paid_into="ON_ACCOUNT")
    post(
        "collect-vouchers",
        amount="1000",
        paid_into="CASH",
        reference="",
        key="6b3f1c1e-6a0e-4a52-9f5e-6f0e3b1f8a11",
    )
    post("block-vouchers", reason=WHY)
    batch.refresh_from_db()
    assert (batch.status, str(batch.uncollected_amount)) == ("BLOCKED", "1250.00")
    post("block-vouchers", reason=WHY)
    card = batch.vouchers.order_by("serial")[0]
    owner.post(
        reverse("staff_payments:block-voucher", args=[batch.number, card.serial]), {"reason": WHY}
    )
    for name in ("vouchers", "voucher-batch"):
        args = [batch.number] if name == "voucher-batch" else []
        shown = owner.get(reverse(f"staff_payments:{name}", args=args))
        assert "2,500" in text(shown)
    clock.set_simulated(at.replace(month=3))
    post("lapse-vouchers", reason=WHY)

    assert set(batch.vouchers.values_list("status", flat=True)) == {"LAPSED"}
    assert at_once.broken() == []


def test_a_batch_for_a_package_is_worth_its_price(owner):
    package, branch = PackageFactory(), BranchFactory()
    PackagePriceFactory(package=package)

    owner.post(
        reverse("staff_payments:add-voucher-batch"),
        {
            "kind": "PACKAGE",
            "package": package.pk,
            "periods": "3",
            "count": "2",
            "valid_until": "2026-12-01",
            "branch": branch.pk,
        },
    )

    assert str(VoucherBatch.objects.get().value_amount) == "3450.00"


def test_a_card_is_found_by_its_serial(owner, at):
    batch = voucher_batch(at=at)
    serial = batch.vouchers.order_by("serial")[1].serial

    answer = owner.get(f"{reverse('staff_payments:vouchers')}?serial={serial}", follow=True)

    assert serial in text(answer)
    assert batch.number in text(answer)


def test_codes_are_downloaded_with_a_trail_and_never_shown_on_pages(owner, at):
    batch = voucher_batch(at=at)
    codes = [voucher_codes.written(code) for code in codes_of(batch)]
    page = owner.get(reverse("staff_payments:voucher-batch", args=[batch.number])).content.decode()
    assert not any(code in page or code.replace("-", "") in page for code in codes)

    answer = owner.post(reverse("staff_payments:export-vouchers", args=[batch.number]))

    table = answer.content.decode()
    assert all(code in table for code in codes)
    assert AuditEvent.objects.filter(action="voucher_batch.exported").count() == 1


@pytest.mark.parametrize("role", ["CASHIER", "SUPPORT", "AUDITOR", "SALES", "BRANCH_MANAGER"])
def test_who_may_not_print_gets_no_code(client, role, at):
    batch = voucher_batch(at=at)
    client.force_login(UserFactory(role=role, branch=batch.branch))

    for name in ("export-vouchers", "voucher-sheet", "sell-vouchers", "lapse-vouchers"):
        address = reverse(f"staff_payments:{name}", args=[batch.number])
        assert client.post(address).status_code == 403


def test_another_branchs_batch_is_not_there_for_a_branch_manager(client, at):
    batch = voucher_batch(at=at)
    client.force_login(UserFactory(role=User.Role.BRANCH_MANAGER, branch=BranchFactory()))

    assert (
        client.get(reverse("staff_payments:voucher-batch", args=[batch.number])).status_code == 404
    )


@pytest.mark.skipif(not pdf.is_available(), reason="no PDF libraries here")
@pytest.mark.parametrize(("language", "per_page", "pages"), [("en", 10, 3), ("bn", 24, 1)])
def test_sheets_of_cards_are_made_by_a_worker_and_kept_sealed(
    owner, at, settings, tmp_path, language, per_page, pages
):
    settings.MEDIA_ROOT = tmp_path
    batch = voucher_batch(at=at, count=24)
    address = reverse("staff_payments:voucher-sheet", args=[batch.number])
    owner.post(address, {"language": language, "per_page": per_page})
    owner.post(address, {"language": language, "per_page": per_page})
    sheet = VoucherSheet.objects.get()

    assert voucher_sheets.make(sheet_id=sheet.pk, at=at) is True
    assert voucher_sheets.make(sheet_id=sheet.pk, at=at) is False

    sheet.refresh_from_db()
    stored = (tmp_path / sheet.path).read_bytes()
    answer = owner.get(f"{address}?sheet={sheet.pk}")
    printed = PdfReader(BytesIO(answer.content)).pages
    assert len(printed) == pages
    assert voucher_codes.written(codes_of(batch)[0]) in printed[0].extract_text()
    assert b"%PDF" not in stored
    assert AuditEvent.objects.filter(action="voucher_batch.printed").count() == 1


def test_a_sheet_that_is_not_made_yet_is_not_there(owner, at):
    batch = voucher_batch(at=at)
    address = reverse("staff_payments:voucher-sheet", args=[batch.number])
    owner.post(address, {"language": "en", "per_page": 10})

    answer = owner.get(f"{address}?sheet={VoucherSheet.objects.get().pk}")

    assert answer.status_code == 302


def test_the_settings_of_prepaid_time_are_shown(owner):
    shown = text(owner.get(reverse("staff:settings")))

    assert "Hours of grace after the time is over" in shown


def test_a_customer_without_prepaid_services_has_a_small_panel(owner):
    customer = CustomerFactory()

    shown = text(owner.get(reverse("staff_payments:prepaid-panel", args=[customer.number])))

    assert "No service of this customer is prepaid." in shown
