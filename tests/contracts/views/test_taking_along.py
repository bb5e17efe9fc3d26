"""Contracts as a table and as papers; the editor's preview while one writes."""

import io
import zipfile

import pytest
from django.urls import reverse
from pypdf import PdfReader

from contracts.views import starting
from ispbill.core.models import Company
from tests.factories import contracts as make
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _house(settings, tmp_path, db):
    settings.MEDIA_ROOT = tmp_path
    Company.objects.filter(pk=Company.current().pk).update(address="House 1, Dhaka")
    Company.forget_cached()


@pytest.fixture
def office(client):
    client.force_login(UserFactory(role="BILLING"))
    return client


def test_the_table_holds_what_the_list_shows(office):
    kept = make.agreement()
    waiting, draft = make.sent(made=kept), make.draft(made=kept)
    assert "Export CSV" in office.get(reverse("staff_contracts:index")).content.decode()

    address = reverse("staff_contracts:export")
    text = office.get(address, {"view": "SENT"}).content.decode("utf-8-sig")

    assert waiting.number in text
    assert draft.number not in text
    assert office.get(address, {"as": "xlsx"})["Content-Type"].endswith("sheet")


def test_the_papers_come_in_one_file_and_a_draft_has_none(office):
    kept = make.agreement()
    waiting = make.sent(made=kept)
    make.draft(made=kept)
    given = office.get(reverse("staff_contracts:papers")).content
    with zipfile.ZipFile(io.BytesIO(given)) as file:
        assert file.namelist() == [f"{waiting.number}.pdf"]
        assert PdfReader(io.BytesIO(file.read(file.namelist()[0]))).pages


def test_another_branchs_contracts_are_not_taken_along(client):
    theirs = make.sent(SubscriptionFactory(customer=CustomerFactory(branch=BranchFactory())))
    client.force_login(UserFactory(role="BRANCH_MANAGER", branch=BranchFactory()))
    assert theirs.number not in client.get(reverse("staff_contracts:export")).content.decode()
    client.force_login(UserFactory(role="SUPPORT"))
    assert client.get(reverse("staff_contracts:export")).status_code == 403


def editor(**more):
    given = {name: value for name, value in starting.values().items() if value not in (None, False)}
    return {**given, "name": "Home", "kind": "RESIDENTIAL", "language": "en", **more}


def test_the_preview_follows_the_text_before_it_is_saved(office):
    customer = SubscriptionFactory(customer=CustomerFactory(name="Rahim Uddin")).customer
    address = reverse("staff_contracts:live-preview")

    shown = office.post(address, editor(term_months=18)).content.decode()
    assert "Rahim Uddin" in shown
    assert "18 months" in shown

    body = "<script>bad()</script><p>{{customer.email}} {{nobody.knows}}</p>"
    type(customer).objects.filter(pk=customer.pk).update(email="")
    faulty = office.post(address, editor(body=body, term_months="")).content.decode()
    assert "There is no field {{nobody.knows}}." in faulty
    assert "signature.block" in faulty
    assert "bad()" not in faulty
    assert "customer.email" in faulty
    firm = office.post(address, editor(kind="BUSINESS")).content.decode()
    assert "no customer of this type" in firm
