"""Contracts in the portal of a reseller: own customers' alone, drawn up, sent, read."""

from datetime import timedelta

import pytest
from django.urls import reverse

from contracts.models import Contract
from contracts.services import bulk
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.models import Company
from resellers.models import ResellerUser
from tests.factories import contracts as make
from tests.factories.accounts import UserFactory
from tests.factories.customers import AreaFactory, CustomerFactory, SubscriptionFactory
from tests.factories.outages import outage
from tests.factories.resellers import ResellerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _house(settings, tmp_path, db):
    settings.MEDIA_ROOT = tmp_path
    Company.objects.filter(pk=Company.current().pk).update(address="House 1, Dhaka")
    Company.forget_cached()


@pytest.fixture
def reseller(client):
    made = ResellerFactory()
    client.force_login(made.user)
    return made


def service_of(reseller):
    return SubscriptionFactory(customer=CustomerFactory(reseller_id=reseller.pk))


def draw_up(client, service, **given):
    address = reverse("reseller:draw-up-contract", args=[service.customer.number])
    values = {"service": service.pk, "starts_on": clock.today().isoformat(), **given}
    return client.post(address, values)


def test_a_partner_draws_up_and_a_worker_sends(client, reseller):
    made, service = make.agreement(), service_of(reseller)
    page = client.get(reverse("reseller:draw-up-contract", args=[service.customer.number]))
    assert "Send to be signed" in page.content.decode()

    assert draw_up(client, service).status_code == 302

    contract = Contract.objects.get()
    assert (contract.version.agreement, contract.created_by) == (made, reseller.user)
    bulk.send_wanted(at=clock.now())
    told = client.get(reverse("reseller:contracts"), {"view": "SENT"}).content.decode()
    assert contract.number in told
    shown = client.get(reverse("reseller:contract", args=[contract.number])).content.decode()
    assert "Send a new link" in shown
    paper = client.get(reverse("reseller:contract-paper", args=[contract.number, "sent"]))
    assert paper["Content-Type"] == "application/pdf"
    assert "Contracts to be signed" in client.get("/reseller-portal/").content.decode()


def test_a_second_one_a_day_gone_by_or_something_unknown_is_refused(client, reseller):
    make.agreement()
    service = service_of(reseller)
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    assert "today or later" in draw_up(client, service, starts_on=yesterday).content.decode()
    draw_up(client, service)
    assert "has a contract already" in draw_up(client, service).content.decode()
    lacking = service_of(reseller)
    type(lacking.customer).objects.filter(pk=lacking.customer_id).update(address="")
    type(lacking).objects.filter(pk=lacking.pk).update(address="")
    refused = draw_up(client, lacking)
    assert refused.status_code == 422
    assert "customer.address" in refused.content.decode()
    assert Contract.objects.count() == 1


def test_without_a_template_it_says_so(client, reseller):
    assert "no template" in draw_up(client, service_of(reseller)).content.decode()


def test_a_new_link_goes_out_and_the_old_one_is_dead(client, reseller):
    contract = make.sent(service_of(reseller))
    client.post(reverse("reseller:contract-link", args=[contract.number]))
    assert Contract.objects.get().link_digest != contract.link_digest


def test_anothers_contract_is_not_there(client, reseller):
    theirs = make.sent(service_of(ResellerFactory(name="Other", phone="+8801711000077")))
    for name, args in (
        ("contract", [theirs.number]),
        ("contract-paper", [theirs.number, "sent"]),
        ("draw-up-contract", [theirs.customer.number]),
    ):
        assert client.get(reverse(f"reseller:{name}", args=args)).status_code == 404
    address = reverse("reseller:contract-link", args=[theirs.number])
    assert client.post(address).status_code == 404
    assert theirs.number not in client.get(reverse("reseller:contracts")).content.decode()


@pytest.mark.parametrize("rights", ["VIEWER", "COLLECTOR"])
def test_who_looks_or_collects_only_sends_nothing(client, reseller, rights):
    make.agreement()
    service = service_of(reseller)
    reseller.areas.add(service.customer.area)
    user = UserFactory(role=User.Role.RESELLER)
    ResellerUser.objects.create(reseller=reseller, user=user, rights=rights)
    client.force_login(user)
    assert draw_up(client, service).status_code == 403
    assert not Contract.objects.exists()
    assert client.get(reverse("reseller:contracts")).status_code == 200


def test_a_viewer_neither_reports_nor_asks_for_a_package(client, reseller):
    service = service_of(reseller)
    user = UserFactory(role=User.Role.RESELLER)
    ResellerUser.objects.create(reseller=reseller, user=user, rights="VIEWER")
    client.force_login(user)
    address = reverse("reseller:add-ticket", args=[service.customer.number])
    refused = client.post(address, {"text": "slow"})
    assert refused.status_code == 403
    assert "You may only look" in refused.content.decode()


def test_the_dashboard_says_what_is_out_in_the_own_areas(client, reseller):
    here, elsewhere = AreaFactory(), AreaFactory()
    reseller.areas.add(here)
    outage(title="Fibre cut", areas=[here])
    outage(title="Far away", areas=[elsewhere])
    told = client.get("/reseller-portal/").content.decode()
    assert "Fibre cut" in told
    assert "Far away" not in told
