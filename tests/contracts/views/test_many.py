"""Renewed and sent from the list and from the page of a contract."""

from datetime import timedelta

import pytest
from django.urls import reverse

from contracts.models import Contract
from contracts.services import bulk
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.models import Company
from tests.factories import contracts as make
from tests.factories.accounts import BranchFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _house(settings, tmp_path, db):
    settings.MEDIA_ROOT = tmp_path
    Company.objects.filter(pk=Company.current().pk).update(address="House 1, Dhaka")
    Company.forget_cached()


@pytest.fixture
def office(client):
    client.force_login(UserFactory(role=User.Role.BILLING))
    return client


def ending(contract, *, days):
    Contract.objects.filter(pk=contract.pk).update(ends_on=clock.today() + timedelta(days=days))
    return Contract.objects.get(pk=contract.pk)


def test_the_page_offers_to_renew_what_is_nearly_over_and_nothing_else(office):
    contract = ending(make.signed(), days=90)
    page = reverse("staff_contracts:detail", args=[contract.number])
    address = reverse("staff_contracts:renew", args=[contract.number])
    assert address not in office.get(page).content.decode()

    contract = ending(contract, days=30)
    assert address in office.get(page).content.decode()
    asked = office.get(address).content.decode()
    assert "There is no new minimum term" in asked
    given = {"ends_on": contract.ends_on.isoformat(), "reason": ""}
    assert office.post(address, given).status_code == 422
    office.post(address, given | {"reason": "asked for by phone"})
    assert Contract.objects.get().ends_on > contract.ends_on
    refused = office.post(address, given | {"reason": "pressed twice"})
    assert "meanwhile" in refused.content.decode()


def test_ticked_contracts_are_renewed_and_what_cannot_be_is_counted(office):
    kept = make.agreement()
    soon = ending(make.signed(made=kept), days=30)
    late = ending(make.signed(made=kept), days=200)
    address = reverse("staff_contracts:renew-many")
    assert "2 contracts" in office.get(address, {"ids": [soon.pk, late.pk]}).content.decode()

    told = office.post(
        address, {"ids": [soon.pk, late.pk], "reason": "all have asked"}, follow=True
    )

    text = told.content.decode()
    assert "Done: 1 contract." in text
    assert "Not done: 1 contract." in text
    assert Contract.objects.get(pk=soon.pk).renewed_times == 1
    assert Contract.objects.get(pk=late.pk).renewed_times == 0


def test_all_drafts_of_a_tab_are_sent_by_a_worker(office):
    kept = make.agreement()
    make.draft(made=kept)
    make.draft(made=kept)
    address = reverse("staff_contracts:send-many")
    told = office.post(address, {"all": "1", "filters": "view=DRAFT"}, follow=True)
    assert "2 contracts are being sent" in told.content.decode()
    assert [bulk.send_wanted(at=clock.now()) for _again in range(2)] == [2, 0]
    assert set(Contract.objects.values_list("state", flat=True)) == {"SENT"}


def test_nothing_ticked_is_said_and_another_branch_is_out_of_reach(client):
    contract = ending(make.signed(), days=30)
    client.force_login(UserFactory(role=User.Role.BRANCH_MANAGER, branch=BranchFactory()))
    address = reverse("staff_contracts:renew-many")
    told = client.post(address, {"ids": [contract.pk], "reason": "not mine"})
    assert told.status_code == 422
    assert "Tick some contracts first" in told.content.decode()
    one = reverse("staff_contracts:renew", args=[contract.number])
    assert client.get(one).status_code == 404
