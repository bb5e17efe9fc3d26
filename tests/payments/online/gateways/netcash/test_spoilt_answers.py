"""Whatever comes back over the line, the client answers or says it does not know."""

import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ispbill.devtools.sandbox.netcash import envelopes
from payments.online.gateways.netcash.client import Netcash
from payments.online.gateways.netcash.contract import (
    AccountKind,
    AccountVerdict,
    Authorised,
    BatchRow,
    Instruction,
    Keys,
    KeyVerdict,
    LoadReport,
    MandateAsked,
    MandateRow,
    NetcashDown,
    NetcashRefused,
    Statement,
)
from tests.payments.online.gateways.netcash import orders

GUID = "11111111-1111-4111-8111-111111111111"
LOADED = "###BEGIN\tRun 1\tSUCCESSFUL\t13:59\tR599.00\t20260114\r\n###END\t13:59"
MOVED = "2026-01-19\tTDD\t1\tDebit\t599.0000\t+\t0\t17\t\t\tDebtors"
ROW = f"k\t{GUID}\tRun 1\t1\t3\t1350.00\t2026-01-14 06:00:00"
# What is asked, what the right answer would be, and what kinds of answer the caller must expect.
ASKED = {
    "upload": (lambda n: n.upload(orders.batch()), "BatchFileUpload", "2000.25.04.2", str),
    "load_report": (lambda n: n.load_report("t"), "RequestFileUploadReport", LOADED, LoadReport),
    "authorise": (lambda n: n.authorise(GUID), "RequestBatchAuthorise", "000", Authorised),
    "batches": (
        lambda n: n.batches(date(2026, 1, 1), date(2026, 1, 2)),
        "RetrieveBatchStatusByDate",
        ROW,
        BatchRow,
    ),
    "next_action_date": (
        lambda n: n.next_action_date(date(2026, 1, 14), Instruction.TWO_DAY),
        "RequestActionDate",
        "20260119",
        date,
    ),
    "mandates": (
        lambda n: n.mandates("t"),
        "RetrieveMandateData",
        "###BEGIN\t20260114\r\n6\tCT-1\tN\t599.0000\r\n###END",
        MandateRow,
    ),
    "statement": (lambda n: n.statement("t"), "RetrieveMerchantStatement", MOVED, Statement),
    "validate_account": (
        lambda n: n.validate_account("4000000000", "250655", AccountKind.CURRENT),
        "ValidateBankAccount",
        "0",
        AccountVerdict,
    ),
    "add_mandate": (lambda n: n.add_mandate(orders.mandate()), "AddMandate", None, MandateAsked),
    "check_keys": (lambda n: n.check_keys(), "RequestInterimMerchantStatement", "1001", KeyVerdict),
}


@pytest.fixture(scope="module")
def replayer():
    """A server that answers every call with `body` and `status`."""

    class Replay(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(self.server.status)
            self.send_header("Content-Length", str(len(self.server.body)))
            self.end_headers()
            self.wfile.write(self.server.body)

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Replay)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@st.composite
def spoilt(draw, body):
    raw = bytearray(body)
    for _spot in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(raw) - 1))
        # Mostly in the answer's own text, where the envelope stays whole.
        if draw(st.booleans()):
            at = body.find(b"Result>") + 7 + at % 60
        raw[at : at + draw(st.integers(0, 12))] = draw(st.binary(max_size=4))
    return bytes(raw)


def right(name):
    _ask, method, text, _kind = ASKED[name]
    if text is None:
        return envelopes.mandate_answer(code="000", url="https://short.surf/x", tracking="t")
    return envelopes.text_answer(method, text)


def client(replayer):
    base_url = f"http://127.0.0.1:{replayer.server_address[1]}"
    return Netcash(keys=Keys(debit_order="k", account="a", validation="v"), base_url=base_url)


@pytest.mark.parametrize("name", sorted(set(ASKED) - {"check_keys"}))
def test_the_right_answer_is_understood(replayer, name):
    ask, _method, _text, kind = ASKED[name]
    replayer.status, replayer.body = 200, right(name)

    answer = ask(client(replayer))
    assert isinstance(answer[0] if isinstance(answer, list) else answer, kind)


def test_a_good_answer_with_a_bad_status_is_not_known(replayer):
    replayer.status, replayer.body = 502, right("upload")

    with pytest.raises(NetcashDown) as caught:
        client(replayer).upload(orders.batch())
    assert caught.value.was_sent


@pytest.mark.parametrize("text", ["", "000", "001", "a b", "12", "Service unavailable!", "x" * 101])
def test_what_is_no_token_is_not_taken_for_one(replayer, text):
    replayer.status, replayer.body = 200, envelopes.text_answer("BatchFileUpload", text)

    with pytest.raises(NetcashDown) as caught:
        client(replayer).upload(orders.batch())
    assert caught.value.was_sent


@pytest.mark.parametrize(
    "url",
    ["", "javascript:alert(1)", "http://", "/sign", "https://netcash@evil.test/", "http://[x"],
)
def test_a_mandate_without_an_address_to_sign_at_is_not_known(replayer, url):
    replayer.status = 200
    replayer.body = envelopes.mandate_answer(code="000", url=url, tracking="t")

    with pytest.raises(NetcashDown) as caught:
        client(replayer).add_mandate(orders.mandate())
    assert caught.value.was_sent


@pytest.mark.parametrize("name", sorted(ASKED))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_spoilt_answer_is_an_answer_a_no_or_not_known(replayer, name, data):
    ask, _method, _text, kind = ASKED[name]
    replayer.status = data.draw(st.sampled_from([200, 200, 200, 500]))
    replayer.body = data.draw(spoilt(right(name)))

    try:
        answer = ask(client(replayer))
    except (NetcashDown, NetcashRefused):
        return
    told = answer if isinstance(answer, list) else [answer]
    assert all(one is None or isinstance(one, kind) for one in told)
