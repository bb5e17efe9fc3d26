"""Discounts a partner gives: up to the limit, one at a time, never below the buying price."""

from datetime import UTC, datetime
from decimal import Decimal as D

import pytest
from django.urls import reverse

from billing.pricing.models import Discount
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.audit.services.trail import ReasonMissing
from ispbill.core import clock
from ispbill.core.acts import Act
from resellers.models import PriceLimit, Reseller, ResellerUser
from resellers.services import discounting
from resellers.services.discounting import DiscountRefused
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.resellers import ResellerFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(db):
    clock.set_simulated(AT)


@pytest.fixture
def reseller():
    return ResellerFactory(discount_limit=D("0.10"))


def service_of(reseller, **values):
    return SubscriptionFactory(customer=CustomerFactory(reseller_id=reseller.pk), **values)


def give(reseller, service, rate="0.10", cycles=3, reason="a loyal customer"):
    return discounting.give(
        reseller=reseller,
        subscription=service,
        rate=D(rate),
        cycles=cycles,
        act=Act(reseller.user, AT, reason=reason),
    )


def test_up_to_the_limit_it_is_given_and_audited_and_above_it_refused(reseller):
    service = service_of(reseller)

    with pytest.raises(DiscountRefused, match="10 % at most"):
        give(reseller, service, "0.1001")
    made = give(reseller, service, "0.10")

    assert (made.rate, made.label, made.granted_by) == (D("0.10"), "Discount", reseller.user)
    event = AuditEvent.objects.get(action="reseller.discount_given")
    assert (event.reason, event.after["rate"]) == ("a loyal customer", "0.10")
    assert AuditEvent.objects.filter(action="discount.granted").count() == 1


@pytest.mark.parametrize("values", [{"discount_limit": 0}, {"status": "SUSPENDED"}])
def test_without_a_limit_or_suspended_a_partner_gives_nothing(reseller, values):
    service = service_of(reseller)
    Reseller.objects.filter(pk=reseller.pk).update(**values)
    with pytest.raises(DiscountRefused):
        give(reseller, service, "0.01")


def test_a_second_one_waits_until_the_first_is_over(reseller):
    service = service_of(reseller)
    give(reseller, service, "0.05")
    with pytest.raises(DiscountRefused, match="already"):
        give(reseller, service, "0.05")
    assert Discount.objects.count() == 1


def test_never_below_the_buying_price(reseller):
    service = service_of(reseller)
    buy = service.price_amount * D("0.95")
    PriceLimit.objects.create(reseller=reseller, package=service.package, buy_amount=buy)
    with pytest.raises(DiscountRefused, match="buying price"):
        give(reseller, service, "0.06")
    give(reseller, service, "0.05")


def test_it_needs_a_reason_and_lasts_a_year_of_months_at_most(reseller):
    service = service_of(reseller)
    with pytest.raises(ReasonMissing):
        give(reseller, service, reason="")
    with pytest.raises(DiscountRefused, match="12 periods"):
        give(reseller, service, cycles=13)


def test_on_its_page_the_partner_gives_it_and_the_customer_page_shows_it(client, reseller):
    service = service_of(reseller)
    client.force_login(reseller.user)
    number = service.customer.number
    page, address = (
        reverse("reseller:customer", args=[number]),
        reverse("reseller:discount", args=[number, service.line_no]),
    )
    assert address in client.get(page).content.decode()
    given = {"percent": "12", "cycles": "2", "reason": "to keep the customer"}

    refused = client.post(address, given)
    taken = client.post(address, given | {"percent": "7.5"})

    assert refused.status_code == 422
    assert "10 % at most" in refused.content.decode()
    assert taken.status_code == 302
    told = client.get(page).content.decode()
    assert "7.5" in told
    assert address not in told


def test_a_cashier_and_another_partner_give_none(client, reseller):
    service = service_of(reseller)
    address = reverse("reseller:discount", args=[service.customer.number, service.line_no])
    cashier = UserFactory(role=User.Role.RESELLER)
    ResellerUser.objects.create(reseller=reseller, user=cashier, rights="CASHIER")
    client.force_login(cashier)
    assert client.get(address).status_code == 403
    client.force_login(ResellerFactory(discount_limit=D("0.10")).user)
    assert client.get(address).status_code == 404


def test_the_house_sets_the_limit_in_percent_with_a_reason(client, reseller):
    client.force_login(UserFactory(role=User.Role.OWNER))
    address = reverse("staff_resellers:limits", args=[reseller.number])
    page = client.get(address)
    form = page.context["form"]
    given = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    given = {name: value for name, value in given.items() if value is not False}
    client.post(address, given | {"discount_limit": "15", "reason": "agreed with the partner"})
    reseller.refresh_from_db()
    assert reseller.discount_limit == D("0.15")
