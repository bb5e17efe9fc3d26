"""The one door out: names are told by a small table, connections are real ones on loopback."""

import http.client
import socket
import ssl
import subprocess
import threading
from contextlib import contextmanager
from ipaddress import ip_address

import pytest

from ispbill.core import outbound, outbound_http
from ispbill.core.addresses import Fence

REAL = socket.getaddrinfo
PUBLIC = "103.4.5.6"


class Names(dict):
    """Name → one list of addresses for each time it is asked for, the last one for ever."""

    def __init__(self):
        super().__init__()
        self.asked = []


@pytest.fixture
def names(monkeypatch):
    """Answer for names from a table; what is an address already needs none."""
    table = Names()

    def answer(host, port, *args, **kwargs):
        if host not in table:
            return REAL(host, port, *args, **kwargs)
        table.asked.append(host)
        found = table[host].pop(0) if len(table[host]) > 1 else table[host][0]
        return [
            (
                socket.AF_INET6 if ":" in address else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (address, port),
            )
            for address in found
        ]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return table


@contextmanager
def answering(reply: bytes, *, wrap=None):
    """Serve one visitor on loopback; yields the port and what was heard."""
    heard = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            visitor, _from = listener.accept()
            with visitor:
                try:
                    with wrap(visitor) if wrap else visitor as peer:
                        heard.extend(peer.recv(65_536))
                        peer.sendall(reply)
                except OSError:
                    return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1], heard
        with socket.socket() as last:  # wakes a server nobody called
            last.connect_ex(listener.getsockname())
        thread.join(5)


def get(url, fence, leash):
    with outbound_http.session(fence, leash) as session:
        return session.get(url, timeout=(2, 2), allow_redirects=False)


@pytest.mark.parametrize(
    "host",
    [
        "127.1",
        "2130706433",
        "0x7f.1",
        "localhost",
        "localhost.",
        "127.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "0.0.0.0",  # noqa: S104
        "169.254.169.254",
        "10.0.0.8",
        "100.64.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "fe80::1",
        "fd00::1",
        "2001:0:7f00:1::",
    ],
)
def test_our_own_machine_and_network_are_not_called_under_any_spelling(names, host):
    names["localhost."] = [["127.0.0.1"]]  # not every machine knows it by itself

    with pytest.raises(outbound.Refused):
        outbound.judged(host, 443, Fence())


@pytest.mark.parametrize("inside", ["10.0.0.5", "172.18.0.3", "::ffff:10.0.0.5", "fd00::5"])
def test_a_name_is_judged_by_what_it_leads_to(names, inside):
    names["db"] = [[inside]]
    names["10.0.0.5.wild.test"] = [[PUBLIC, inside]]

    for host in ("db", "10.0.0.5.wild.test"):
        with pytest.raises(outbound.Refused):
            outbound.judged(host, 443, Fence())


def test_public_addresses_are_called_also_through_a_translator(names):
    names["pay.test"] = [[PUBLIC, "64:ff9b::6704:506"]]

    found = outbound.judged("pay.test", 443, Fence())

    assert found == [ip_address(PUBLIC), ip_address("64:ff9b::6704:506")]


@pytest.mark.parametrize("port", [22, 80, 5432, 6379, 8443])
def test_only_the_ports_of_the_fence_are_called(port):
    with pytest.raises(outbound.Refused, match=f"port {port} is not one of 443"):
        outbound.judged(PUBLIC, port, Fence())


def test_our_own_servers_are_refused_whatever_network_they_are_in(names, settings, monkeypatch):
    settings.PUBLIC_URL = "https://isp.test"
    settings.CELERY_BROKER_URL = "redis://cache.test:6379/1"
    monkeypatch.setitem(settings.DATABASES["owner"], "HOST", "db.test")
    names |= {
        "isp.test": [["103.9.9.9"]],
        "cache.test": [["103.9.9.8"]],
        "db.test": [["103.9.9.7"]],
    }

    for address in ("103.9.9.9", "103.9.9.8", "103.9.9.7"):
        with pytest.raises(outbound.Refused, match="our own servers"):
            outbound.judged(address, 443, Fence())
    assert outbound.judged(PUBLIC, 443, Fence())


def test_a_simulator_is_called_on_loopback_but_the_database_beside_it_is_not(settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:16379/1"
    fence = Fence(allows_simulators=True)

    assert outbound.judged("127.0.0.1", 18_080, fence)
    for port in (16_379, 443, 80):
        with pytest.raises(outbound.Refused):
            outbound.judged("127.0.0.1", port, fence)


def test_the_name_is_looked_up_once_and_the_judged_address_is_called(names):
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") as (port, heard):
        names["pay.test"] = [["127.0.0.1"], ["169.254.169.254"]]
        fence = Fence(endpoints=frozenset({("127.0.0.1", port)}))
        with outbound.Leash(5) as leash:
            answer = get(f"http://pay.test:{port}/x", fence, leash)

    assert (answer.status_code, answer.content) == (200, b"ok")
    assert names.asked == ["pay.test"]
    assert f"Host: pay.test:{port}".encode() in heard


def test_a_name_that_turns_inward_at_the_second_question_leads_nowhere(names):
    with answering(b"HTTP/1.1 200 OK\r\n\r\n") as (port, heard):
        names["pay.test"] = [[PUBLIC], ["127.0.0.1"]]
        fence = Fence(ports=frozenset({port}))
        assert outbound.judged("pay.test", port, fence)  # when it was saved
        with outbound.Leash(5) as leash, pytest.raises(outbound.Refused):
            get(f"http://pay.test:{port}/x", fence, leash)

    assert bytes(heard) == b""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of pay.test that signs itself, with its key in the same file."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj"]
        + ["/CN=pay.test", "-addext", "subjectAltName=DNS:pay.test"]
        + ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        check=True,
        capture_output=True,
    )
    both = folder / "both.pem"
    both.write_text((folder / "key.pem").read_text() + (folder / "cert.pem").read_text())
    return str(both)


@contextmanager
def secured(certificate):
    asked_for = []

    def wrap(visitor):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.sni_callback = lambda _sock, name, _context: asked_for.append(name)
        return context.wrap_socket(visitor, server_side=True)

    reply = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    with answering(reply, wrap=wrap) as (port, heard):
        yield port, asked_for, heard


def test_tls_goes_by_the_name_that_was_asked_for(names, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", certificate)
    names["pay.test"] = names["other.test"] = [["127.0.0.1"]]

    with secured(certificate) as (port, asked_for, _heard), outbound.Leash(5) as leash:
        fence = Fence(endpoints=frozenset({("127.0.0.1", port)}))
        with outbound_http.session(fence, leash) as session:
            answer = session.get(f"https://pay.test:{port}/", verify=certificate, timeout=(2, 2))
    assert (answer.content, asked_for) == (b"ok", ["pay.test"])

    with secured(certificate) as (port, asked_for, heard):
        fence = Fence(endpoints=frozenset({("127.0.0.1", port)}))
        line = outbound_http.line("other.test", port, secure=True, fence=fence, seconds=2)
        with pytest.raises(ssl.SSLCertVerificationError):
            line.connect()
        line.close()
    assert (bytes(heard), asked_for) == (b"", ["other.test"])


def test_an_answer_that_drips_is_hung_up_on():
    def drip(visitor):
        visitor.recv(65_536)
        for _byte in range(50):
            visitor.sendall(b"H")
            threading.Event().wait(0.05)
        raise OSError

    with answering(b"", wrap=drip) as (port, _heard), outbound.Leash(0.3) as leash:
        fence = Fence(endpoints=frozenset({("127.0.0.1", port)}))
        line = outbound_http.line(
            "127.0.0.1", port, secure=False, fence=fence, seconds=2, leash=leash
        )
        line.request("GET", "/")
        with pytest.raises((http.client.HTTPException, OSError)):
            line.getresponse()
        line.close()

        assert leash.is_pulled
