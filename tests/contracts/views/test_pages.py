"""The pages of contracts: who sees what, how lists grow, what a form refuses."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.models import Contract
from contracts.services import links, papers, sealing, signing
from contracts.services.signing import Origin
from customers.models import CustomerLogin
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.models import Company
from tests.factories import contracts as make
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.resellers import ResellerFactory

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


def signed_in(client, customer):
    user = UserFactory(role=User.Role.CUSTOMER)
    CustomerLogin.objects.create(user=user, customer=customer)
    client.force_login(user)
    return client


def test_the_list_asks_no_more_for_three_contracts_than_for_one(office, django_assert_num_queries):
    kept = make.agreement()
    address = reverse("staff_contracts:index")
    make.draft(made=kept)
    office.get(address)
    with CaptureQueriesContext(connection) as one:
        office.get(address)
    make.draft(made=kept)
    make.draft(made=kept)
    with django_assert_num_queries(len(one)):
        told = office.get(address).content.decode()
    assert told.count("data-row-link") == 3


def test_a_draft_is_drawn_up_previewed_and_sent(office):
    kept = make.agreement()
    service = SubscriptionFactory()
    draw_up = reverse("staff_contracts:draw-up", args=[service.customer.number])
    typed = {"service": service.pk, "agreement": kept.pk, "starts_on": "2026-01-10"}

    assert office.post(draw_up, {**typed, "starts_on": ""}).status_code == 422
    office.post(draw_up, typed)
    contract = Contract.objects.get()
    detail = reverse("staff_contracts:detail", args=[contract.number])
    assert service.customer.name in office.get(detail).content.decode()
    office.post(reverse("staff_contracts:send", args=[contract.number]))

    contract.refresh_from_db()
    assert contract.state == Contract.State.SENT
    paper = office.get(reverse("staff_contracts:paper", args=[contract.number, "sent"]))
    assert paper.content.startswith(b"%PDF")
    assert "chain of steps is broken" not in office.get(detail).content.decode()


def test_making_void_needs_a_reason(office):
    contract = make.sent()
    address = reverse("staff_contracts:void", args=[contract.number])

    assert office.post(address, {"reason": "no"}).status_code == 422
    office.post(address, {"reason": "The customer moves next week"})
    contract.refresh_from_db()
    assert contract.state == Contract.State.VOID


def test_a_text_with_an_unknown_field_is_refused_with_its_name(office):
    kept = make.agreement()
    address = reverse("staff_contracts:agreement", args=[kept.pk])
    form = office.get(address).context["form"]
    values = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    values["body"] = "<p>{{customer.shoe_size}} {{signature.block}}</p>"

    answer = office.post(address, values)

    assert answer.status_code == 422
    assert "{{customer.shoe_size}}" in answer.content.decode()


def test_a_branch_manager_sees_contracts_of_the_own_branch_only(client):
    contract = make.draft()
    manager = UserFactory(role=User.Role.BRANCH_MANAGER, branch=BranchFactory())
    client.force_login(manager)

    assert contract.number not in client.get(reverse("staff_contracts:index")).content.decode()
    assert client.get(reverse("staff_contracts:detail", args=[contract.number])).status_code == 404


def test_the_own_contract_shows_what_leaving_costs_and_nobody_elses_opens(client):
    contract = make.signed()
    sealing.seal(contract_id=contract.pk, at=contract.signed_at)
    mine = signed_in(client, contract.customer)

    shown = mine.get(reverse("portal:contract", args=[contract.number]))
    assert shown.status_code == 200
    paper = mine.get(reverse("portal:contract-paper", args=[contract.number, "signed"]))
    assert paper.content.startswith(b"%PDF")

    stranger = signed_in(client, CustomerFactory())
    for name, more in (("contract", []), ("sign-contract", []), ("contract-paper", ["sent"])):
        address = reverse(f"portal:{name}", args=[contract.number, *more])
        assert stranger.get(address).status_code == 404


def test_a_link_asks_for_the_last_digits_and_dies_after_five_wrong_ones(client):
    contract = make.sent()
    soon = clock.now() + timedelta(days=1)
    Contract.objects.filter(pk=contract.pk).update(link_expires_at=soon)
    address = reverse("public_contracts:contract", args=[links.word(contract.link_seed)])
    assert contract.customer.name not in client.get(address).content.decode()

    wrong = f"{(int(contract.customer.phone[-4:]) + 1) % 10_000:04d}"
    for _turn in range(5):
        assert client.post(address, {"digits": wrong}).status_code == 422
    right = client.post(address, {"digits": contract.customer.phone[-4:]})
    assert "Internet service agreement" not in right.content.decode()


def test_the_link_of_a_signed_contract_leads_to_the_check_and_to_no_signature(client):
    waiting = make.sent()
    address = links.url(waiting.link_seed)
    signing.ask_code(contract=waiting, hand=make.hand(), ip="", act=Act(None, make.TENTH))
    signing.confirm(
        contract=waiting,
        code=make.code_of(waiting),
        origin=Origin("LINK", "203.0.113.7", "test"),
        act=Act(None, make.TENTH),
    )

    answer = client.get(address)

    assert answer.status_code == 302
    assert answer["Location"].endswith(waiting.verify_code)


def test_the_check_page_says_same_changed_and_unknown(client, tmp_path):
    contract = make.sent()
    address = reverse("public_contracts:contract", args=[contract.verify_code])
    paper = papers.content(contract.path)
    broken = bytearray(paper)
    broken[len(paper) // 2] ^= 1
    for content, word in (
        (paper, "byte for byte"),
        (bytes(broken), "Changed:"),
        (b"%PDF-1.7 nothing", "Unknown:"),
    ):
        sent = {"paper": SimpleUploadedFile("c.pdf", content, "application/pdf")}
        assert word in client.post(address, sent).content.decode()


def test_the_list_says_how_many_of_a_run_are_still_being_sent(office):
    waiting = make.draft()
    address = reverse("staff_contracts:index")
    assert "being sent" not in office.get(address).content.decode()

    Contract.objects.filter(pk=waiting.pk).update(send_wanted_at=make.TENTH)

    assert "1 contract is being sent" in office.get(address).content.decode()


def test_notice_against_renewal_is_given_in_the_portal_and_in_the_office(client, office):
    contract = make.signed(renewal="TERM")
    Contract.objects.filter(pk=contract.pk).update(ends_on=clock.today() + timedelta(days=90))
    address = reverse("staff_contracts:not-renewed", args=[contract.number])
    assert office.post(address, {"reason": ""}).status_code == 422
    assert Contract.objects.get().objected_on is None

    signed_in(client, contract.customer)
    page = reverse("portal:contract", args=[contract.number])
    assert "Do not renew my contract" in client.get(page).content.decode()
    client.post(reverse("portal:not-renewed", args=[contract.number]))
    assert Contract.objects.get().objected_on == clock.today()
    told = client.get(page).content.decode()
    assert "It ends with its term" in told
    assert "Do not renew my contract" not in told


def test_nobody_objects_for_another_customer(client):
    contract = make.signed(renewal="TERM")
    signed_in(client, SubscriptionFactory().customer)
    address = reverse("portal:not-renewed", args=[contract.number])
    assert client.post(address).status_code == 404
    assert Contract.objects.get().objected_on is None


def test_a_contract_taken_over_names_the_one_whose_rest_is_signed(office):
    old, service = make.signed(), SubscriptionFactory()
    address = reverse("staff_contracts:draw-up", args=[service.customer.number])
    given = {
        "service": service.pk,
        "agreement": old.version.agreement_id,
        "starts_on": "2026-05-01",
        "rest_of": "CON-2026-99999",
    }
    assert "no contract of this number" in office.post(address, given).content.decode()
    office.post(address, {**given, "rest_of": old.number.lower()})
    taken = Contract.objects.get(customer=service.customer)
    assert taken.ends_on == old.ends_on
    page = office.get(reverse("staff_contracts:detail", args=[taken.number])).content.decode()
    assert f"the rest of {old.number} is taken over" in page


def test_an_agreement_may_name_the_partner_and_the_companys_registration(office):
    Company.objects.update(registration_number="C-123/2020")
    Company.forget_cached()
    body = "<p>{{reseller.name}} {{reseller.phone}} {{company.registration}}</p>{{signature.block}}"
    made = make.agreement(body=body)
    alone = make.draft(made=made)
    assert papers.merged(alone).unresolved == ("reseller.name", "reseller.phone")
    partner = ResellerFactory(name="Karim Net", phone="+8801711000009")
    theirs = make.draft(
        SubscriptionFactory(customer=CustomerFactory(reseller_id=partner.pk)), made=made
    )
    shown = papers.merged(theirs)
    assert shown.unresolved == ()
    assert "Karim Net 01711000009 C-123/2020" in shown.html


def test_a_draft_has_nothing_to_seal_again(office):
    contract = make.draft()

    answer = office.post(reverse("staff_contracts:seal-again", args=[contract.number]))

    assert answer.status_code == 422
    assert "cannot be done with it now" in answer.content.decode()
