"""Lines to the simulators are kept or closed as HTTP/1.1 says, and never in silence."""

import http.client
import json
from contextlib import closing
from datetime import date
from urllib.parse import urlencode

import pytest

from ispbill.devtools.sandbox.gateways.server import serve as serve_gateways
from ispbill.devtools.sandbox.messages.server import serve as serve_messages
from ispbill.devtools.sandbox.netcash.server import serve as serve_netcash

SESSION = "/gwprocess/v4/api.php"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(params=["gateways", "control", "netcash", "messages"])
def place(request, tmp_path):
    """Host, port and an address that answers, of each simulator that speaks HTTP."""
    if request.param in {"gateways", "control"}:
        sandbox = serve_gateways(tmp_path)
        name, path = {"gateways": ("sslcommerz", SESSION), "control": ("control", "/press")}[
            request.param
        ]
        told = sandbox.addresses[name]
    elif request.param == "netcash":
        sandbox = serve_netcash(tmp_path, today=lambda: date(2026, 1, 10))
        told, path = sandbox.address, "/mandate/none"
    else:
        sandbox = serve_messages(tmp_path)
        told, path = sandbox.address, "/messages"
    yield told["host"], told["port"], path
    sandbox.close()


def call(line, path, *, body=b"", headers=None):
    line.request("POST", path, body, {**FORM, **(headers or {})})
    response = line.getresponse()
    response.read()
    return response


def test_a_line_is_kept_for_the_next_call_unless_it_is_said_to_end(place):
    host, port, path = place
    with closing(http.client.HTTPConnection(host, port, timeout=5)) as line:
        line.connect()
        first = line.sock

        said = [call(line, path, body=b"a=1").headers.get("Connection") for _ in range(3)]

        # A desk that does not know its caller hangs up.
        assert (said, line.sock is first) in [([None] * 3, True), (["close"] * 3, False)]


def test_who_asks_for_the_end_of_a_line_is_told_that_it_ends(place):
    host, port, path = place
    with closing(http.client.HTTPConnection(host, port, timeout=5)) as line:
        response = call(line, path, body=b"a=1", headers={"Connection": "close"})

        assert response.headers["Connection"] == "close"


@pytest.mark.parametrize("length", ["999999999", "many"])
def test_a_body_too_long_or_of_no_length_ends_the_line_and_says_so(place, length):
    host, port, path = place
    with closing(http.client.HTTPConnection(host, port, timeout=5)) as line:
        line.putrequest("POST", path)
        line.putheader("Content-Length", length)
        line.endheaders()

        with closing(line.getresponse()) as response:
            assert (response.status >= 400, response.headers["Connection"]) == (True, "close")


def test_a_body_that_comes_in_chunks_is_read_whole(tmp_path):
    sandbox = serve_gateways(tmp_path)
    told = sandbox.addresses["sslcommerz"]
    login = {"store_id": told["store_id"], "store_passwd": told["store_passwd"]}
    content = urlencode(login | {"total_amount": "10.00"}).encode()

    with closing(http.client.HTTPConnection(told["host"], told["port"], timeout=5)) as line:
        answers = []
        for _ in range(2):  # the second call finds the line where the first one left it
            parts = iter([content[:20], content[20:]])
            line.request("POST", SESSION, parts, FORM, encode_chunked=True)
            answers.append(json.loads(line.getresponse().read()))

    sandbox.close()
    assert [one["failedreason"] for one in answers] == [
        "Invalid Information! 'currency' is missing or empty."
    ] * 2
