"""Redis on another machine: cache and doorbell speak TLS to whom the address names, or not."""

import socket
import ssl
import subprocess
import threading
from contextlib import contextmanager

import pytest
from celery import current_app
from django.core.cache.backends.redis import RedisCache
from django.db import transaction
from redis.exceptions import RedisError

from ispbill import environment
from ispbill.core import jobs
from ispbill.core.silence import Silence
from tests.core.test_broker_away import Server, failures


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A certificate that signs itself, of the name and of nobody else: key and certificate."""
    folder = tmp_path_factory.mktemp("tls")

    def make(name):
        key, certificate = folder / f"{name}.key", folder / f"{name}.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
            + ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
            + ["-keyout", str(key), "-out", str(certificate)],
            check=True,
            capture_output=True,
        )
        return str(certificate), str(key)

    return make


def _carry(source, target):
    try:
        while piece := source.recv(65_536):
            target.sendall(piece)
    except OSError:
        pass
    finally:
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


@contextmanager
def secured(port, certificate, key):
    """Speak TLS in front of a port that does not (the server of the wheel cannot)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    ends = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            while True:
                try:
                    visitor, _from = listener.accept()
                except OSError:
                    return
                try:
                    near = context.wrap_socket(visitor, server_side=True)
                except OSError:
                    visitor.close()
                    continue
                far = socket.create_connection(("127.0.0.1", port))
                ends.extend([near, far])
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=_carry, args=pair, daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    for end in ends:
        end.close()


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path)
    yield server
    server.kill()


def addresses(port, certificate):
    return environment.redis(f"rediss://localhost:{port}?ssl_ca_certs={certificate}")


def cache_of(port, certificate):
    return RedisCache(addresses(port, certificate)["cache"], {"OPTIONS": {"socket_timeout": 5}})


def test_the_cache_knows_its_server_by_the_authority_that_was_named(server, made):
    ours, stranger = made("localhost"), made("stranger.test")

    with secured(server.port, *ours) as port:
        cache = cache_of(port, ours[0])
        cache.set("a", "b")
        assert cache.get("a") == "b"
        cache.close()
    with secured(server.port, *stranger) as port, pytest.raises(RedisError):
        cache_of(port, stranger[0]).get("a")  # trusted, and of another name
    with secured(server.port, *ours) as port, pytest.raises(RedisError):
        cache_of(port, stranger[0]).get("a")  # the right name, signed by nobody we know


@pytest.mark.django_db(transaction=True)
def test_the_doorbell_rings_over_tls_and_at_no_strangers(server, made, monkeypatch, caplog):
    ours, stranger = made("localhost"), made("stranger.test")
    before = current_app.conf.broker_url
    monkeypatch.setattr(jobs, "_silence", Silence(3600))

    def ring(port, certificate):
        broker = addresses(port, certificate)["broker"]
        current_app.conf.broker_url = current_app.conf.broker_write_url = broker
        monkeypatch.setattr(jobs, "_pool", [])
        with transaction.atomic():
            jobs.after_commit("audit.keep_time")

    try:
        with secured(server.port, *ours) as port:
            ring(port, ours[0])
        assert (server.calls(), failures(caplog)) == (1, [])
        with secured(server.port, *stranger) as port:
            ring(port, stranger[0])
        assert (server.calls(), len(failures(caplog))) == (1, 1)
    finally:
        current_app.conf.broker_url = current_app.conf.broker_write_url = before
