"""Signing on a device that is not the signer's: the technician's phone, and the office's."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from contracts.models import Contract, ContractSeal, Signature
from contracts.services import papers, sealing
from ispbill.core import clock
from ispbill.core.models import Company
from tests.factories import contracts as make
from tests.factories.accounts import UserFactory
from tests.factories.contracts import LINE, TENTH
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.fieldservice import given as give_job
from tests.factories.fieldservice import job
from tests.factories.fieldservice import technician as someone

pytestmark = pytest.mark.django_db
NOON = TENTH + timedelta(hours=2)


@pytest.fixture(autouse=True)
def _house(settings, tmp_path, db):
    settings.MEDIA_ROOT = tmp_path
    clock.set_simulated(NOON)
    Company.objects.filter(pk=Company.current().pk).update(address="House 1, Dhaka")
    Company.forget_cached()


@pytest.fixture
def contract():
    service = SubscriptionFactory(customer=CustomerFactory(language="bn"))
    return make.sent(service)


def given(**more):
    return {"name": "Rahim Uddin", "strokes": json.dumps(LINE), "consent": "on", **more}


def at_the_door(client, contract):
    """A technician who has a job at the contract's customer is signed in."""
    technician = someone()
    give_job(job(service=contract.subscription), technician)
    client.force_login(technician)


def test_the_customer_signs_on_the_technicians_phone_by_the_code_to_their_own(client, contract):
    at_the_door(client, contract)
    address = reverse("technician_contracts:sign", args=[contract.number])

    page = client.get(address).content.decode()
    asked = client.post(address, given(step="hand"))
    assert "•••• " + contract.customer.phone[-4:] in asked.content.decode()
    client.post(address, {"step": "code", "code": make.code_of(contract)})

    contract.refresh_from_db()
    signature = Signature.objects.get(contract=contract)
    assert contract.signed_at >= NOON
    assert (signature.device, signature.consent_language) == ("FIELD", "bn")
    assert signature.phone == contract.customer.phone
    assert "আমি" in signature.consent
    assert "I do not want this contract" not in page
    assert "It is signed" in client.get(address).content.decode()


def test_a_technician_declines_for_nobody(client, contract):
    at_the_door(client, contract)
    client.post(reverse("technician_contracts:sign", args=[contract.number]), {"step": "decline"})

    contract.refresh_from_db()
    assert contract.state == Contract.State.SENT


def test_the_job_on_the_phone_names_the_contract_and_anothers_is_not_there(client, contract):
    other = make.sent(SubscriptionFactory(), made=contract.version.agreement)
    at_the_door(client, contract)

    day = client.get(reverse("field:day")).json()

    assert [job["to_sign"] for job in day["jobs"]] == [[contract.number]]
    for name in ("sign", "paper"):
        address = reverse(f"technician_contracts:{name}", args=[other.number])
        assert client.get(address).status_code == 404
    paper = client.get(reverse("technician_contracts:paper", args=[contract.number]))
    assert paper.content.startswith(b"%PDF")


def test_without_a_phone_a_member_of_staff_is_the_witness(client, contract):
    staff = UserFactory(role="BILLING", name="Salma Khatun")
    client.force_login(staff)
    address = reverse("staff_contracts:witness", args=[contract.number])

    assert client.post(address, given(identity_document="")).status_code == 422
    assert client.post(address, given(identity_document="NID …6789")).status_code == 422
    client.post(
        address, given(identity_document="NID …6789", reason="the phone is lost since Monday")
    )

    signature = Signature.objects.get(contract=contract)
    assert (signature.witness, signature.identity_document) == (staff, "NID …6789")
    assert (signature.code_sent_at, signature.phone, signature.device) == (None, "", "DESK")
    assert sealing.seal(contract_id=contract.pk, at=NOON)
    attached = papers.content(ContractSeal.objects.get(contract=contract).path)
    assert attached.startswith(b"%PDF")
    known = sealing.evidence(Contract.objects.get(pk=contract.pk), signature)
    assert (known["witness"], known["identity_document"]) == ("Salma Khatun", "NID …6789")
    assert "code_sent_at" not in known
    detail = client.get(reverse("staff_contracts:detail", args=[contract.number]))
    assert "the phone is lost since Monday" in detail.content.decode()


def test_a_witness_needs_the_right_and_a_contract_that_waits(client, contract):
    address = reverse("staff_contracts:witness", args=[contract.number])
    client.force_login(UserFactory(role="AUDITOR"))
    assert client.get(address).status_code == 403

    signed = make.signed(made=contract.version.agreement)
    client.force_login(UserFactory(role="BILLING"))
    page = client.get(reverse("staff_contracts:witness", args=[signed.number]))
    assert page.status_code == 302


def test_the_database_takes_no_signature_without_code_or_witness(contract):
    values = {
        "contract": contract,
        "customer": contract.customer,
        "name": "Rahim",
        "consent": "yes",
        "consent_language": "en",
        "document_sha256": contract.sha256,
        "device": "DESK",
        "signed_at": NOON,
    }
    refused = pytest.raises(IntegrityError, match="signature_by_code_or_before_a_witness")
    with refused, transaction.atomic():
        Signature.objects.create(**values)
