"""From the draft to the sealed paper, and what a changed byte does to it."""

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from contracts import gateways
from contracts.models import Contract, ContractSeal, Signature
from contracts.services import drafting, history, papers, sealing, signing, verifying
from contracts.services.signing import NotSigned, Origin, TooManyCodes
from contracts.services.verifying import Verdict
from ispbill.core.acts import Act
from ispbill.core.models import Company
from tests.factories import contracts as make
from tests.factories.contracts import TENTH

pytestmark = pytest.mark.django_db
NOON = TENTH + timedelta(hours=2)
HERE = Origin("LINK", "203.0.113.7", "a phone")


@pytest.fixture(autouse=True)
def _house(settings, tmp_path, db):
    settings.MEDIA_ROOT = tmp_path
    Company.objects.filter(pk=Company.current().pk).update(address="House 1, Dhaka")
    Company.forget_cached()


def test_a_signed_paper_is_sealed_and_one_changed_byte_fails():
    contract = make.signed()
    assert contract.state == Contract.State.SIGNED or contract.state == Contract.State.ACTIVE

    assert sealing.seal(contract_id=contract.pk, at=NOON)

    seal = ContractSeal.objects.get(contract=contract)
    paper = papers.content(seal.path)
    assert gateways.is_sealed_by(paper, seal.certificate.encode())
    attached = PdfReader(io.BytesIO(paper)).attachments
    assert attached[f"{contract.number}.pdf"][0] == papers.content(contract.path)
    assert contract.sha256 in attached["evidence.json"][0].decode()
    broken = bytearray(paper)
    broken[2000] ^= 1
    assert not gateways.is_sealed_by(bytes(broken), seal.certificate.encode())
    appended = paper + b"\n% one line more\n"
    assert verifying.compare(contract, paper) == Verdict.SAME
    assert verifying.compare(contract, papers.content(contract.path)) == Verdict.SAME
    assert verifying.compare(contract, bytes(broken)) == Verdict.CHANGED
    assert verifying.compare(contract, appended) == Verdict.CHANGED
    assert verifying.compare(contract, b"%PDF-1.7 something else") == Verdict.UNKNOWN
    assert history.is_whole(contract)


def test_a_typed_name_signs_as_well_and_wrong_codes_are_counted():
    contract = make.sent()
    signing.ask_code(contract=contract, hand=make.hand(strokes=[]), ip="", act=Act(None, NOON))
    for _turn in range(5):
        with pytest.raises(NotSigned):
            signing.confirm(contract=contract, code="x", origin=HERE, act=Act(None, NOON))
    with pytest.raises(NotSigned):
        signing.confirm(
            contract=contract, code=make.code_of(contract), origin=HERE, act=Act(None, NOON)
        )
    later = NOON + timedelta(minutes=1)
    signing.ask_code(contract=contract, hand=make.hand(strokes=[]), ip="", act=Act(None, later))
    signing.confirm(
        contract=contract, code=make.code_of(contract), origin=HERE, act=Act(None, later)
    )
    assert Signature.objects.get(contract=contract).strokes == []


def test_three_codes_an_hour_and_ten_minutes_each():
    contract = make.sent()
    for _turn in range(3):
        signing.ask_code(contract=contract, hand=make.hand(), ip="", act=Act(None, NOON))
    with pytest.raises(TooManyCodes):
        signing.ask_code(contract=contract, hand=make.hand(), ip="", act=Act(None, NOON))
    late = Act(None, NOON + timedelta(minutes=10))
    with pytest.raises(NotSigned):
        signing.confirm(contract=contract, code=make.code_of(contract), origin=HERE, act=late)


def test_five_wrong_digits_kill_a_link_and_a_new_one_replaces_it():
    contract = make.sent()
    for _turn in range(5):
        assert not signing.knows_digits(contract=contract, digits="0000", act=Act(None, NOON))
    last = contract.customer.phone[-4:]
    assert not signing.knows_digits(contract=contract, digits=last, act=Act(None, NOON))
    old = contract.link_digest
    fresh = drafting.send_link(contract=contract, act=Act(None, NOON))
    assert fresh.link_digest != old
    assert signing.knows_digits(contract=contract, digits=last, act=Act(None, NOON))


def test_nothing_unresolved_is_sent():
    made = make.agreement(body="{{customer.local_name}} {{signature.block}}", kind="RESIDENTIAL")
    contract = make.draft(made=made)
    with pytest.raises(drafting.NotSendable):
        drafting.send(contract=contract, act=Act(None, NOON))
