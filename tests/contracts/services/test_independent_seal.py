"""A sealed paper is checked by another program: what makes the seal is not its own judge."""

import re
import shutil
import subprocess
from datetime import timedelta

import pytest

from contracts.models import ContractSeal
from contracts.services import papers, sealing
from ispbill.core.models import Company
from tests.factories import contracts as make
from tests.factories.contracts import TENTH

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl here"),
]
RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")


@pytest.fixture
def seal(settings, tmp_path, db):
    settings.MEDIA_ROOT = tmp_path
    Company.objects.filter(pk=Company.current().pk).update(address="House 1, Dhaka")
    Company.forget_cached()
    contract = make.signed()
    assert sealing.seal(contract_id=contract.pk, at=TENTH + timedelta(hours=2))
    return ContractSeal.objects.get(contract=contract)


def openssl_accepts(paper, tmp_path):
    """Whether OpenSSL finds the signature whole over all the bytes it speaks of, and by whom."""
    first, before, second, after = map(int, RANGE.search(paper).groups())
    assert (first, second + after) == (0, len(paper)), "the seal covers all of the file"
    signature = bytes.fromhex(paper[before:second].strip(b"<>").decode())
    (tmp_path / "seal.der").write_bytes(signature)
    (tmp_path / "covered").write_bytes(paper[:before] + paper[second:])
    made = subprocess.run(
        ["openssl", "cms", "-verify", "-binary", "-noverify", "-inform", "DER"]
        + ["-in", tmp_path / "seal.der", "-content", tmp_path / "covered"]
        + ["-signer", tmp_path / "signer.pem", "-out", tmp_path / "out"],
        capture_output=True,
        check=False,
    )
    return made.returncode == 0


def body(pem):
    return "".join(line for line in pem.split("\n") if line and not line.startswith("-----"))


def test_openssl_accepts_a_sealed_paper_and_names_the_certificate(seal, tmp_path):
    assert openssl_accepts(papers.content(seal.path), tmp_path)
    assert body((tmp_path / "signer.pem").read_text()) == body(seal.certificate)


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_openssl_refuses_one_changed_byte(seal, tmp_path, place):
    paper = bytearray(papers.content(seal.path))
    _first, before, second, after = map(int, RANGE.search(bytes(paper)).groups())
    outside = int(before * place) if place < 0.9 else second + after // 2
    paper[outside] ^= 1
    if RANGE.search(bytes(paper)) is None:
        pytest.skip("that byte says what is covered")

    assert not openssl_accepts(bytes(paper), tmp_path)
