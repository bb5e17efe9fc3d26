"""A time authority that answers makes the seal B-T; a silent one holds nobody up."""

import io
import shutil
import socket
import subprocess
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from contracts import gateways
from contracts.models import Contract, ContractSeal
from contracts.services import papers, sealing
from ispbill.core.models import Company
from tests.factories import contracts as make
from tests.factories.contracts import TENTH

pytestmark = pytest.mark.django_db

CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {place}/serial
signer_cert = {place}/tsa.pem
signer_key = {place}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


@pytest.fixture(autouse=True)
def _house(settings, tmp_path, db):
    settings.MEDIA_ROOT = tmp_path / "media"
    Company.objects.filter(pk=Company.current().pk).update(address="House 1, Dhaka")
    Company.forget_cached()


def run(*command):
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def authority(tmp_path):
    """RFC 3161 over HTTP, as OpenSSL answers it."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl here")
    (tmp_path / "tsa.cnf").write_text(CONFIG.format(place=tmp_path))
    (tmp_path / "serial").write_text("01")
    run(
        *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Time"),
        *("-addext", "extendedKeyUsage=critical,timeStamping", "-days", "30"),
        *("-keyout", tmp_path / "tsa.key", "-out", tmp_path / "tsa.pem"),
    )

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self):
            query, reply = tmp_path / "query", tmp_path / "reply"
            query.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            run(
                *("openssl", "ts", "-reply", "-queryfile", query, "-out", reply),
                *("-config", tmp_path / "tsa.cnf"),
            )
            told = reply.read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def sealed(contract):
    assert sealing.seal(contract_id=contract.pk, at=TENTH + timedelta(hours=2))
    seal = ContractSeal.objects.get(contract=contract)
    paper = papers.content(seal.path)
    assert gateways.is_sealed_by(paper, seal.certificate.encode())
    [found] = PdfFileReader(io.BytesIO(paper)).embedded_signatures
    return seal, stamped(found)


def stamped(signature):
    """Whether a stamp of a time authority stands among what the seal does not cover."""
    added = signature.signer_info["unsigned_attrs"]
    return any(one["type"].native == "signature_time_stamp_token" for one in added)


def test_a_time_authority_puts_its_stamp_into_the_seal(authority, settings):
    settings.CONTRACT_TSA_URL = authority
    seal, found = sealed(make.signed())
    assert seal.note == "B-T"
    assert found


def test_a_silent_one_is_noted_and_the_paper_sealed_all_the_same(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.CONTRACT_TSA_URL = f"http://127.0.0.1:{port}/"
    contract = make.signed()
    seal, found = sealed(contract)
    assert seal.note == "B-B: the time authority was silent"
    assert not found
    assert Contract.objects.get(pk=contract.pk).signed_at is not None


def test_the_evidence_says_what_became_of_the_code(settings):
    contract = make.signed()
    known = sealing.evidence(contract, contract.signature)
    assert (known["code_message"], known["code_delivered_at"]) == ("QUEUED", "")
