"""A chosen password that is in a list of breached ones is refused; a piece of its hash leaves."""

import hashlib

import pytest
from django.test import Client
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from ispbill.accounts.gateways import breached
from ispbill.accounts.services import links, passwords
from ispbill.accounts.services.passwords import PasswordRefused
from ispbill.core.acts import Act
from ispbill.core.outside import InsideTransaction
from ispbill.devtools.sandbox.pwned import PwnedServer
from ispbill.environment import Misconfigured, secured
from tests.factories.accounts import UserFactory

STOLEN, FRESH = "correct horse battery", "a sentence nobody has written yet"


@pytest.fixture
def server(settings):
    running = PwnedServer({STOLEN: 412})
    settings.BREACHED_PASSWORDS_URL = running.url
    yield running
    running.close()


# --- the service's format


def test_it_is_found_by_the_rest_of_its_hash_and_padding_does_not_count(server):
    assert breached.count(STOLEN, server.url) == 412
    assert breached.count(FRESH, server.url) == 0


def test_a_made_up_line_of_the_padding_is_no_finding():
    digest = hashlib.sha1(STOLEN.encode(), usedforsecurity=False).hexdigest()
    running = PwnedServer({STOLEN: 0})  # as if the padding had guessed it
    try:
        assert breached.count(STOLEN, running.url) == 0
        path, headers = running.asked[0]
    finally:
        running.close()
    assert path == f"/range/{digest[:5].upper()}"
    assert headers["Add-Padding"] == "true"
    assert digest[5:].upper() not in str(running.asked)


@pytest.mark.parametrize("fault", ["503", "429", "hang_up", "slow"])
def test_without_an_answer_it_is_not_asked(server, fault, monkeypatch):
    monkeypatch.setattr(breached, "OVERALL", 0.4)
    server.misbehave(fault)

    with pytest.raises(breached.NotAsked):
        breached.count(STOLEN, server.url)


def test_a_page_in_its_place_finds_nothing(server):
    server.misbehave("html")

    assert breached.count(STOLEN, server.url) == 0


def test_it_is_asked_by_tls_or_on_this_machine():
    secured("X", "https://api.pwnedpasswords.com/range")
    secured("X", "http://127.0.0.1:8080/range")
    for wrong in ("http://list.isp.example/range", "list.isp.example", "ftp://127.0.0.1"):
        with pytest.raises(Misconfigured, match="X must begin with https://"):
            secured("X", wrong)


# --- wherever one is chosen


@pytest.fixture
def door(request):
    """A way to set a password: `send(password)` returns the page's answer."""
    user = UserFactory(login="mina@demo.test")
    client = Client()
    if request.param == "own page":
        client.force_login(user)
        return lambda new: client.post(
            "/account/password/", {"current": "Test-12345!", "password": new}
        )
    if request.param == "link":
        uid = urlsafe_base64_encode(force_bytes(user.pk))
        path = f"/access/{uid}/{links._tokens.make_token(user)}/"
        return lambda new: client.post(path, {"password": new})
    client.force_login(UserFactory())
    given = {"how": "temporary", "reason": "Forgot it on holiday"}
    return lambda new: client.post(f"/admin/staff/{user.pk}/access/", {**given, "password": new})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("door", ["own page", "link", "temporary"], indirect=True)
def test_a_stolen_one_is_refused_and_another_is_taken(server, door):
    refused = door(STOLEN)

    assert refused.status_code == 422
    assert "stolen elsewhere" in refused.content.decode()
    assert door(FRESH).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_while_nobody_answers_it_is_taken_and_the_log_says_so(server, at, caplog):
    user = UserFactory()
    server.misbehave("503")

    passwords.change(user=user, password=STOLEN, act=Act(user, at))

    user.refresh_from_db()
    assert user.check_password(STOLEN)
    assert "breached passwords not asked" in caplog.messages
    assert STOLEN not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_what_our_own_rules_refuse_is_asked_of_nobody(server, at):
    user = UserFactory()

    with pytest.raises(PasswordRefused):
        passwords.change(user=user, password="password1234", act=Act(user, at))
    assert server.asked == []


@pytest.mark.django_db
def test_nobody_outside_is_asked_inside_of_a_transaction(server, at):
    user = UserFactory()

    with pytest.raises(InsideTransaction):
        passwords.change(user=user, password=FRESH, act=Act(user, at))
    passwords.change_to_made(user=user, password=FRESH, act=Act(user, at))
    assert server.asked == []
