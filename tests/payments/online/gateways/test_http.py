"""What a call of a gateway comes to when somebody else is there, or nobody."""

import socket
import threading
from contextlib import contextmanager

import pytest

from payments.online.gateways import http
from payments.online.gateways.errors import GatewayDown


@contextmanager
def answering(reply):
    """Serve visitors on loopback with the same bytes, whatever they say; yields the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        is_over = threading.Event()

        def serve():
            while True:
                visitor, _from = listener.accept()
                with visitor:
                    if is_over.is_set():
                        return
                    visitor.recv(65_536)
                    visitor.sendall(reply)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        is_over.set()
        socket.create_connection(listener.getsockname()).close()
        thread.join(5)


def failure(url):
    with pytest.raises(GatewayDown) as down:
        http.call("GET", url, overall=2)
    return down.value


def test_open_and_closed_ports_sound_alike():
    with answering(b"220 mail.example ESMTP\r\n") as port:
        somebody_else = failure(f"https://127.0.0.1:{port}/")
    nobody = failure(f"https://127.0.0.1:{port}/")

    assert str(somebody_else) == str(nobody)
    assert (somebody_else.was_sent, nobody.was_sent) == (False, False)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.1/",
        "https://2130706433/",
        "https://10.0.0.8/",
        "https://169.254.169.254/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "http://93.184.216.34/",
        "https://93.184.216.34:8443/",
    ],
)
def test_what_leads_inward_or_to_another_port_is_not_called(settings, url):
    settings.SIMULATORS = False

    told = failure(url)

    assert (told.detail, told.was_sent) == ("its address may not be called", False)


def test_a_redirect_is_an_answer_and_not_followed():
    reply = b"HTTP/1.1 302 Found\r\nLocation: https://evil.test/\r\nContent-Length: 0\r\n\r\n"

    with answering(reply) as port:
        assert http.call("GET", f"http://127.0.0.1:{port}/") == (302, b"")


def test_more_than_a_megabyte_is_not_read():
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1500000\r\n\r\n"

    with answering(head + b"x" * 1_500_000) as port:
        assert "too large" in str(failure(f"http://127.0.0.1:{port}/"))
