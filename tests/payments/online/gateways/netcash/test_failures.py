"""What goes wrong on the way: every outcome that is not known is told as not known."""

import socket
import threading
from datetime import date

import pytest

from payments.online.gateways.netcash.client import Netcash
from payments.online.gateways.netcash.contract import Keys, LoadOutcome, NetcashDown
from tests.payments.online.gateways.netcash import orders


@pytest.mark.parametrize("fault", ["server_errors", "html_answers", "lost_answers", "cut_answers"])
def test_an_upload_without_a_readable_answer_may_have_arrived(netcash, control, fault):
    control.switch(**{fault: 1, "faults_hit": "BatchFileUpload"})

    with pytest.raises(NetcashDown) as caught:
        netcash.upload(orders.batch())

    assert caught.value.was_sent
    taken = fault in {"lost_answers", "cut_answers"}
    found = netcash.batches(date(2026, 1, 1), date(2026, 12, 31))
    assert [row.name for row in found] == (["Run 1"] if taken else [])
    assert netcash.upload(orders.batch(name="Run 2"))


def test_a_fault_hits_only_what_it_is_meant_for(netcash, control):
    control.switch(server_errors=-1, faults_hit="AddMandate")

    assert netcash.ask_mandates()
    for _time in range(2):
        with pytest.raises(NetcashDown):
            netcash.add_mandate(orders.mandate())


def test_not_ready_is_an_answer_for_as_many_polls_as_wanted(netcash, control):
    control.switch(not_ready_polls=2)
    token = netcash.upload(orders.batch())

    polls = [netcash.load_report(token) for _poll in range(3)]

    assert polls[:2] == [None, None]
    assert polls[2].outcome is LoadOutcome.LOADED


@pytest.fixture
def listener():
    """A server that takes a connection and does what the test says with it."""
    opened = socket.create_server(("127.0.0.1", 0))
    opened.settimeout(5)
    threads = []

    def serve(behave):
        def run():
            connection, _address = opened.accept()
            with connection:
                connection.settimeout(5)
                connection.recv(65536)
                behave(connection)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        threads.append(thread)
        base_url = f"http://127.0.0.1:{opened.getsockname()[1]}"
        return Netcash(keys=Keys(debit_order="k"), base_url=base_url, timeout=(1, 0.5))

    yield serve
    opened.close()
    for thread in threads:
        thread.join(5)


def _head(status=200, length=10):
    return f"HTTP/1.1 {status} X\r\nContent-Type: text/xml\r\nContent-Length: {length}\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "was_sent"),
    [
        (b"nonsense\r\n\r\n", True),
        (_head(302).encode() + b"0123456789", True),
        (_head(503).encode() + b"0123456789", True),
        (_head(404).encode() + b"0123456789", False),
        (_head(200, 999_999_999).encode() + b"<x/>", True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", True),
    ],
)
def test_strange_answers_are_down(listener, answer, was_sent):
    netcash = listener(lambda connection: connection.sendall(answer))

    with pytest.raises(NetcashDown) as caught:
        netcash.ask_mandates()
    assert caught.value.was_sent is was_sent


def test_silence_is_down_after_the_time_given(listener):
    release = threading.Event()
    netcash = listener(lambda _connection: release.wait(5))

    with pytest.raises(NetcashDown, match="no answer") as caught:
        netcash.ask_mandates()
    release.set()
    assert caught.value.was_sent


def test_an_answer_without_end_is_cut_at_its_limit(listener, monkeypatch):
    def endless(connection):
        connection.sendall(_head(200, 50_000_000).encode())
        with pytest.raises(OSError):  # noqa: PT011 - the client hangs up
            while True:
                connection.sendall(b"x" * 65536)

    netcash = listener(endless)
    netcash._timeout = (1, 20)

    with pytest.raises(NetcashDown, match="too large"):
        netcash.ask_mandates()
