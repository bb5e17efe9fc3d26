import contextlib
import logging
import socket
import subprocess
import threading

import pytest

from ispbill.core.addresses import Fence
from ispbill.devtools.sandbox.routeros import RouterFarm, UserSpec
from network.gateways.base import (
    ForbiddenCharacters,
    Limits,
    RouterAddressRefused,
    RouterNoPermission,
    RouterRefusedLogin,
    RouterRejected,
    RouterTlsError,
    RouterUnreachable,
)
from network.gateways.mikrotik import MikrotikRouter
from tests.network.gateways.conftest import QUICK, login_to, make_spec


def steps_of(diagnosis):
    return [(step.name, step.is_ok) for step in diagnosis.steps]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    both = folder / "both.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj"]
        + ["/CN=router", "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        check=True,
        capture_output=True,
    )
    both.write_text((folder / "key.pem").read_text() + (folder / "cert.pem").read_text())
    return str(both)


@contextlib.contextmanager
def listener():
    """A server that is no router: it keeps what it is sent and never answers."""
    heard = bytearray()
    server = socket.create_server(("127.0.0.1", 0))

    def listen():
        with contextlib.suppress(OSError):
            client, _address = server.accept()
            with client:
                while data := client.recv(4_096):
                    heard.extend(data)

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        yield (
            {
                "host": "127.0.0.1",
                "port": server.getsockname()[1],
                "username": "u",
                "password": "p",
                "tls": False,
            },
            heard,
        )
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


@pytest.mark.parametrize("version", ["6.42.12", "6.49.10", "7.16.2 (stable)", "7.18.2 (stable)"])
def test_every_version_is_logged_in_its_own_way(version):
    with (
        RouterFarm([make_spec(version=version, password="পাসওয়ার্ড 1")]) as farm,
        MikrotikRouter(login_to(farm.endpoint("r1"))) as router,
    ):
        assert router.resource().version == version


def test_a_good_router_passes_every_step(farm, router):
    diagnosis = router.test_connection()

    assert diagnosis.is_ok
    assert steps_of(diagnosis) == [
        ("resolve", True),
        ("connect", True),
        ("login", True),
        ("permission", True),
        ("identity", True),
        ("version", True),
    ]
    assert (diagnosis.identity, diagnosis.version) == ("r1", "7.16.2 (stable)")


def test_a_wrong_password_is_told_at_the_login_step(farm):
    login = login_to(farm.endpoint("r1"), password="wrong")

    diagnosis = MikrotikRouter(login, QUICK).test_connection()

    assert isinstance(diagnosis.error, RouterRefusedLogin)
    assert "wrong" not in str(diagnosis.error)
    assert steps_of(diagnosis)[:4] == [
        ("resolve", True),
        ("connect", True),
        ("login", False),
        ("permission", None),
    ]


def test_a_refused_connection_is_told_at_the_connect_step(farm, router):
    farm.set_offline("r1", True)

    diagnosis = router.test_connection()

    assert isinstance(diagnosis.error, RouterUnreachable)
    closed = str(diagnosis.error)
    assert "no RouterOS API answers there" in closed
    assert steps_of(diagnosis)[1] == ("connect", False)


def test_an_unknown_name_is_told_at_the_first_step(farm):
    login = login_to(farm.endpoint("r1"), host="no-such-router.invalid")

    diagnosis = MikrotikRouter(login, QUICK).test_connection()

    assert isinstance(diagnosis.error, RouterUnreachable)
    assert steps_of(diagnosis)[0] == ("resolve", False)


def test_a_user_who_may_only_read_is_told_what_is_missing():
    reader = UserSpec(name="reader", password="p", policies=("api", "read"))
    with RouterFarm([make_spec(users=(reader,))]) as farm:
        login = login_to(farm.endpoint("r1"), username="reader", password="p")

        diagnosis = MikrotikRouter(login, QUICK).test_connection()

    assert isinstance(diagnosis.error, RouterNoPermission)
    assert "write, test" in str(diagnosis.error)
    assert ("permission", False) in steps_of(diagnosis)


def test_a_router_that_says_nothing_is_left_in_time(farm, router):
    farm.fault("r1", "hang")

    with pytest.raises(RouterUnreachable) as caught:
        router.resource()

    assert caught.value.is_timeout


def test_a_dripping_router_is_left_at_the_overall_deadline(farm):
    farm.fault("r1", "drip", seconds=0.2)
    limits = Limits(connect=1.0, read=0.5, overall=0.8, bulk=0.8)

    with pytest.raises(RouterUnreachable) as left:
        MikrotikRouter(login_to(farm.endpoint("r1")), limits).resource()
    assert left.value.is_timeout


def test_a_new_connection_is_made_after_one_was_lost(farm, router):
    farm.fault("r1", "hang", command="/ppp/secret/print", times=1)
    with pytest.raises(RouterUnreachable):
        router.secrets()

    assert len(router.secrets()) == 4


@pytest.mark.parametrize("kind", ["cut", "drop_before", "fatal"])
def test_an_answer_that_pauses_off_is_unreachable(farm, router, kind):
    farm.fault("r1", kind, command="/ppp/secret/print")

    with pytest.raises(RouterUnreachable):
        router.secrets()


def test_two_traps_in_one_answer_are_one_refusal(farm, router):
    farm.fault("r1", "double_trap", command="/ppp/secret/print")

    with pytest.raises(RouterRejected, match="no such command or directory"):
        router.secrets()


def test_line_pauses_in_a_user_name_never_leave_the_machine():
    with listener() as (endpoint, heard):
        login = login_to(endpoint, username="x\r\nRPUSH celery {}\r\n")
        with pytest.raises(ForbiddenCharacters):
            MikrotikRouter(login, QUICK).resource()

    assert bytes(heard) == b""


def test_a_port_that_is_no_router_sounds_like_a_closed_one():
    with listener() as (endpoint, _heard):
        something_else = MikrotikRouter(login_to(endpoint), QUICK).test_connection()
    nobody = MikrotikRouter(login_to(endpoint), QUICK).test_connection()

    assert str(something_else.error) == str(nobody.error)
    assert steps_of(something_else) == steps_of(nobody)
    assert steps_of(nobody)[1] == ("connect", False)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0", "::ffff:127.0.0.1"]
)
def test_our_own_machine_is_not_called_under_any_name(host):
    with listener() as (endpoint, heard):
        login = login_to(endpoint, host=host, policy=Fence())
        diagnosis = MikrotikRouter(login, QUICK).test_connection()

        assert isinstance(diagnosis.error, RouterAddressRefused)
        assert steps_of(diagnosis)[0] == ("resolve", False)
    assert bytes(heard) == b""


def test_a_certificate_nobody_signed_is_refused_and_its_fingerprint_told(certificate):
    with RouterFarm([make_spec(certificate=certificate)]) as farm:
        login = login_to(farm.endpoint("r1"))
        first = MikrotikRouter(login, QUICK).test_connection()

        pinned = login_to(farm.endpoint("r1"), tls_fingerprint=first.fingerprint)
        second = MikrotikRouter(pinned, QUICK).test_connection()

    assert isinstance(first.error, RouterTlsError)
    assert steps_of(first)[2] == ("tls", False)
    assert len(first.fingerprint) == 64
    assert second.is_ok
    assert steps_of(second)[2] == ("tls", True)


def test_another_certificate_than_the_known_one_is_refused(certificate):
    with RouterFarm([make_spec(certificate=certificate)]) as farm:
        login = login_to(farm.endpoint("r1"), tls_fingerprint="ab" * 32)

        with pytest.raises(RouterTlsError, match="has changed"):
            MikrotikRouter(login, QUICK).resource()


def test_tls_to_a_plain_port_is_told(farm):
    login = login_to(farm.endpoint("r1"), tls=True)

    with pytest.raises(RouterTlsError):
        MikrotikRouter(login, QUICK).resource()


def test_passwords_show_neither_in_logs_nor_in_what_is_printed(farm, caplog):
    caplog.set_level(logging.DEBUG)
    login = login_to(farm.endpoint("r1"))

    with MikrotikRouter(login, QUICK) as router:
        router.resource()

    assert login.password not in caplog.text
    assert login.password not in repr(login)
