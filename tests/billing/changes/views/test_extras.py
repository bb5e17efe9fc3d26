"""Fees, add-ons and discounts of a customer, promotions and price changes on screen."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.invoices.models import CreditNote, Invoice
from billing.pricing.models import Discount, PriceChange, PriceStep, Promotion
from customers.models import PackagePrice, SubscriptionAddon
from ispbill.accounts.models import User
from ispbill.core import clock
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.billing import scheduled
from tests.factories.catalogue import (
    AddonFactory,
    DiscountFactory,
    FeeFactory,
    PriceChangeFactory,
    PromotionFactory,
)
from tests.factories.customers import CustomerFactory, PackagePriceFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db(transaction=True)

R = User.Role
WHY = {"reason_code": "OTHER", "reason": "told so on the phone"}
HTMX = {"HX-Request": "true", "HX-Target": "dialog-body"}


@pytest.fixture(autouse=True)
def _ten_january(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 1, 10, 4, 0, tzinfo=UTC))


@pytest.fixture
def owner(client):
    user = UserFactory()
    client.force_login(user)
    return user


def in_use(**values):
    subscription = SubscriptionFactory(**values)
    scheduled(subscription, billed_until=date(2026, 2, 5))
    return subscription


def address(name, *args):
    return reverse(f"staff_billing:{name}", args=args)


def of(subscription, name):
    return address(name, subscription.customer.number, subscription.line_no)


def asked(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def test_a_fee_is_shown_with_its_tax_and_charged_once(client, owner):
    customer, fee = CustomerFactory(), FeeFactory()
    url = address("charge-fee", customer.number)

    shown = client.get(url, {"fee": fee.pk, "quantity": "2", "unit": ""}, headers=HTMX)
    data = {"fee": fee.pk, "quantity": "2", "unit": "", "key": "abc", **WHY}
    done = client.post(url, data, headers=HTMX)
    client.post(url, data)
    wrong = client.post(url, {**data, "reason": "short"})

    assert "460.00" in shown.content.decode()
    assert (done.status_code, wrong.status_code) == (204, 422)
    assert Invoice.objects.get().total_amount == Decimal("460.00")


def test_an_addon_is_quoted_sold_changed_and_ended(client, owner):
    service, addon = in_use(), AddonFactory(price_amount=Decimal("310.00"))
    url = of(service, "attach-addon")
    data = {"addon": addon.pk, "quantity": "1", "starts_on": "2026-01-10", **WHY}

    shown = client.get(url, data, headers=HTMX).content.decode()
    assert client.post(url, data, headers=HTMX).status_code == 204
    row = SubscriptionAddon.objects.get()
    number = service.customer.number
    changed = client.post(
        address("addon-quantity", number, row.pk), {"quantity": "2", "when": "end", **WHY}
    )
    new = SubscriptionAddon.objects.latest("pk")
    extras = client.get(of(service, "service-extras"), headers=HTMX).content.decode()
    ended = client.post(address("end-addon", number, new.pk), {"when": "now", **WHY})
    again = client.get(address("end-addon", number, row.pk)).content.decode()

    assert "299.00" in shown  # 26 of 31 days of 310.00, and 15 %
    assert (changed.status_code, ended.status_code) == (302, 302)
    assert (row.addon.name in extras, "× 2" in extras) == (True, True)
    assert "has an end already" in again
    assert (Invoice.objects.count(), CreditNote.objects.count()) == (1, 0)


def test_ending_today_says_what_is_given_back_and_does_it(client, owner):
    service, addon = in_use(), AddonFactory(price_amount=Decimal("310.00"))
    data = {"addon": addon.pk, "quantity": "1", "starts_on": "2026-01-10", **WHY}
    client.post(of(service, "attach-addon"), data)
    url = address("end-addon", service.customer.number, SubscriptionAddon.objects.get().pk)

    asked_for = client.get(url).content.decode()
    client.post(url, {"when": "now", **WHY})

    assert "260.00" in asked_for
    assert CreditNote.objects.get().total_amount == Decimal("299.00")


def test_a_promotion_is_shown_on_the_next_bill_granted_and_ended(client, owner):
    service, promotion = in_use(), PromotionFactory(cycles=2)
    url = of(service, "grant-discount")

    shown = client.get(url, {"promotion": promotion.pk}, headers=HTMX).content.decode()
    granted = client.post(url, {"promotion": promotion.pk, **WHY}, headers=HTMX)
    refused = client.post(url, {"promotion": promotion.pk, **WHY})
    discount = Discount.objects.get()
    listed = client.get(address("discounts")).content.decode()
    revoke = address("revoke-discount", service.customer.number, discount.pk)
    ended = client.post(revoke, WHY)

    assert ("1,035.00" in shown, "115.00" in shown) == (True, True)
    assert (granted.status_code, refused.status_code, ended.status_code) == (204, 422, 302)
    assert (service.customer.number in listed, discount.granted_by) == (True, owner)
    assert Discount.objects.count() == 0


def test_one_that_changes_nothing_says_so(client, owner):
    service = in_use()
    DiscountFactory(subscription=service, rate=Decimal("0.50"))
    promotion = PromotionFactory()

    url = of(service, "grant-discount")
    page = client.get(url, {"promotion": promotion.pk}).content.decode()

    assert "It takes nothing off" in page


def test_a_discount_of_its_own_is_a_percentage_or_an_amount(client, owner):
    service = in_use()
    url = of(service, "grant-own-discount")
    data = {"label": "Neighbour", "amount": "100", "cycles": "3", **WHY}

    shown = client.get(url, {"label": "x", "percent": "50"}, headers=HTMX).content.decode()
    both = client.post(url, {**data, "percent": "5"})
    done = client.post(url, data)

    assert "575.00" in shown
    assert (both.status_code, done.status_code) == (422, 302)
    discount = Discount.objects.get()
    assert (discount.amount, discount.span.upper) == (Decimal("100.00"), date(2026, 5, 5))


def test_the_register_tells_apart_running_ending_and_over(client, owner):
    for label, end in (("Long", None), ("Short", date(2026, 2, 1)), ("Gone", date(2026, 1, 5))):
        row = DiscountFactory(label=label, reason=f"reason of {label}")
        if end is not None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE billing_discount SET span = daterange(lower(span), %s) WHERE id = %s",
                    [end, row.pk],
                )

    def labels(state):
        page = client.get(address("discounts"), {"state": state}).content.decode()
        return [label for label in ("Long", "Short", "Gone") if f"reason of {label}" in page]

    assert labels("running") == ["Long", "Short"]
    assert labels("ending") == ["Short"]
    assert labels("over") == ["Gone"]
    assert labels("nonsense") == ["Long", "Short"]


def test_another_branchs_customers_are_not_found(client):
    service = in_use()
    discount = DiscountFactory(subscription=service)
    client.force_login(UserFactory(role=R.BRANCH_MANAGER, branch=BranchFactory()))
    number = service.customer.number

    for url in (
        address("charge-fee", number),
        of(service, "service-extras"),
        of(service, "attach-addon"),
        of(service, "grant-discount"),
        address("revoke-discount", number, discount.pk),
    ):
        assert client.get(url).status_code == 404
    assert number not in client.get(address("discounts")).content.decode()


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        (
            "discounts",
            {R.OWNER, R.BILLING, R.BRANCH_MANAGER, R.CASHIER, R.SUPPORT, R.AUDITOR, R.SALES},
        ),
        ("add-promotion", {R.OWNER, R.BILLING}),
        ("add-price-change", {R.OWNER, R.BILLING}),
    ],
)
def test_who_may(client, name, roles):
    for role in (
        R.OWNER,
        R.BILLING,
        R.BRANCH_MANAGER,
        R.CASHIER,
        R.SUPPORT,
        R.AUDITOR,
        R.SALES,
        R.NOC,
    ):
        client.force_login(UserFactory(role=role, branch=BranchFactory()))
        assert client.get(address(name)).status_code == (200 if role in roles else 403)


def test_a_promotion_is_added_changed_and_archived(client, owner):
    data = {"name": "Eid", "code": "eid26", "percent": "12.5", "cycles": "3",
            "valid_from": "2026-01-01", "max_grants": "100"}  # fmt: skip

    client.post(address("add-promotion"), data)
    row = Promotion.objects.get()
    twice = client.post(address("add-promotion"), data)
    neither = client.post(address("add-promotion"), {**data, "code": "x", "percent": ""})
    shown = client.get(address("edit-promotion", row.pk)).content.decode()
    client.post(address("edit-promotion", row.pk), {**data, "cycles": "6"})
    page = client.get(address("promotions")).content.decode()
    client.post(address("archive-promotion", row.pk))

    row.refresh_from_db()
    assert (row.rate, row.code, row.cycles) == (Decimal("0.125"), "EID26", 6)
    assert (twice.status_code, neither.status_code) == (422, 422)
    assert ('value="12.5"' in shown, "EID26" in page, "12.5 %" in page) == (True, True, True)
    assert row.archived_at is not None


def test_a_price_change_is_planned_looked_at_confirmed_and_called_off(client, owner):
    package = PackagePriceFactory().package
    service = in_use(package=package)
    data = {
        "package": package.pk,
        "cycle": "MONTHLY",
        "effective_from": "2026-02-01",
        "amount": "1,100",
        "includes_tax": "net",
        "scope": "ALL",
        **WHY,
    }

    late = client.post(address("add-price-change"), {**data, "effective_from": "2026-01-10"})
    planned = client.post(address("add-price-change"), data)
    change = PriceChange.objects.get()
    shown = client.get(planned.headers["Location"]).content.decode()
    client.post(address("confirm-price-change", change.pk))
    confirmed = client.get(address("price-change", change.pk)).content.decode()
    extras = client.get(of(service, "service-extras"), headers=HTMX).content.decode()
    steps = PriceStep.objects.count()
    called_off = client.post(address("cancel-price-change", change.pk), WHY)

    assert late.status_code == 422
    assert (service.customer.number in shown, "Confirm the change" in shown) == (True, True)
    assert ("Planned" in confirmed, "New price of the package" in extras, steps) == (True, True, 1)
    assert (called_off.status_code, PriceStep.objects.count(), PackagePrice.objects.count()) == (
        302,
        0,
        1,
    )


def test_lists_ask_no_more_for_three_rows_than_for_one(client, owner):
    service = in_use()

    def more():
        PromotionFactory()
        DiscountFactory()
        DiscountFactory(subscription=service)
        PriceChangeFactory(package=service.package, scope="NEW")
        PriceChangeFactory(package=service.package)

    urls = [
        address("promotions"),
        address("discounts"),
        address("price-changes"),
        of(service, "service-extras"),
    ]
    more()
    change = address("price-change", PriceChange.objects.filter(scope="ALL").latest("pk").pk)
    one = [asked(client, url) for url in [*urls, change]]
    more()
    more()
    in_use(package=service.package)
    in_use(package=service.package)

    assert [asked(client, url) for url in [*urls, change]] == one


def test_the_customers_page_leads_to_all_of_it(client, owner):
    service = in_use()
    number = service.customer.number

    page = client.get(f"/admin/customers/{number}/?tab=services").content.decode()

    assert of(service, "service-extras") in page
    assert address("charge-fee", number) in page
