"""The doors as a browser meets them."""

from datetime import timedelta
from http import HTTPStatus

import pyotp
import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse

from ispbill.accounts import signals
from ispbill.accounts.models import SignedInSession, User
from ispbill.accounts.services import second_factor
from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

DOORS = ["/login", "/portal/login", "/reseller-login/", "/technician/login"]
PASSWORD = "Test-12345!"


@pytest.fixture
def owner():
    return UserFactory(login="owner@demo.test")


def enter(client, path="/login", login="owner@demo.test", password=PASSWORD, **more):
    return client.post(path, {"login": login, "password": password, **more})


@pytest.mark.parametrize("path", DOORS)
def test_every_door_opens_without_a_script(client, path):
    page = client.get(path)

    assert page.status_code == HTTPStatus.OK
    assert b'method="post"' in page.content
    assert b'name="password"' in page.content


@pytest.mark.parametrize(
    ("role", "path", "home"),
    [
        (User.Role.OWNER, "/login", "/admin/"),
        (User.Role.CASHIER, "/login", "/admin/"),
        (User.Role.CUSTOMER, "/portal/login", "/portal/"),
        (User.Role.RESELLER, "/reseller-login/", "/reseller-portal/"),
        (User.Role.TECHNICIAN, "/technician/login", "/technician/"),
        (User.Role.TECHNICIAN, "/login", "/technician/"),
    ],
)
def test_each_role_lands_in_its_own_area(client, role, path, home):
    UserFactory(login="someone@demo.test", role=role)

    response = enter(client, path, login="someone@demo.test")

    assert response.headers["Location"] == home


@pytest.mark.parametrize("path", DOORS)
def test_known_and_unknown_logins_get_the_same_page(path, owner, settings):
    settings.SIMULATORS = False  # the demo's one-click buttons name its logins on purpose
    bodies = set()
    for login in ("owner@demo.test", "nobody@demo.test"):
        page = enter(Client(), path, login=login, password="wrong")
        text = page.content.decode().replace(login, "…")
        bodies.add((page.status_code, _without_tokens(text)))

    assert len(bodies) == 1
    assert next(iter(bodies))[0] == HTTPStatus.UNPROCESSABLE_ENTITY


def test_the_lock_says_how_long_to_wait(client, owner):
    for _i in range(5):
        enter(client, password="wrong")

    page = enter(client)

    assert page.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert b"try again in 15 minutes" in page.content


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "https:evil.test",
        "https://evil.test/admin/",
        "\t//evil.test",
        "/\t/evil.test",
        "javascript:alert(1)",
        "/%0d%0aLocation:x",
        "/admin/\r\nX: y",
        "https://testserver@evil.test/",
        "http://testserver/admin/",
        "///evil.test",
        "/portal/",
        "/django-admin/",
        "/adminx/",
        "//аdmin.test/admin/",
    ],
)
@pytest.mark.parametrize("path", DOORS)
def test_next_never_leads_out_of_the_own_area(client, owner, wanted, path):
    response = enter(client, path, next=wanted)

    assert response.headers["Location"] == "/admin/"


def test_next_leads_on_inside_the_own_area(client, owner):
    response = enter(client, next="/admin/customers/?q=amina")

    assert response.headers["Location"] == "/admin/customers/?q=amina"


@pytest.mark.parametrize("path", DOORS)
def test_the_session_key_of_before_does_not_become_the_signed_in_one(client, owner, path):
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key

    enter(client, path)

    assert client.session.session_key != before
    assert not Client(headers={"cookie": f"ispbill_session={before}"}).session.get("_auth_user_id")


def test_sign_in_is_noted_with_its_session(client, owner):
    client.post(
        "/login",
        {"login": "owner@demo.test", "password": PASSWORD},
        REMOTE_ADDR="203.0.113.9",
        headers={"user-agent": "Firefox on a phone"},
    )

    row = SignedInSession.objects.get()
    event = AuditEvent.objects.get(action="user.signed_in")
    assert (row.user, row.ip, row.user_agent) == (owner, "203.0.113.9", "Firefox on a phone")
    assert row.session_key == client.session.session_key
    assert (event.actor_id, event.ip) == (owner.pk, "203.0.113.9")


def test_a_forged_forwarding_header_does_not_buy_more_tries(owner):
    for number in range(20):
        Client().post(
            "/login",
            {"login": f"x{number}@demo.test", "password": "wrong"},
            headers={"x-forwarded-for": f"198.51.100.{number}"},
        )

    assert enter(Client()).status_code == HTTPStatus.TOO_MANY_REQUESTS


def test_sign_out_ends_the_session_and_its_row(client, owner):
    enter(client)

    response = client.post("/logout")

    assert response.headers["Location"] == "/login"
    assert not SignedInSession.objects.exists()
    assert not get_user(client).is_authenticated


def test_opening_the_address_of_sign_out_signs_nobody_out(client, owner):
    enter(client)

    client.get("/logout")

    assert get_user(client).is_authenticated


def test_a_post_without_a_csrf_token_is_refused(owner):
    strict = Client(enforce_csrf_checks=True)

    assert enter(strict).status_code == HTTPStatus.FORBIDDEN


def test_a_revoked_session_is_dead_at_its_next_request(owner):
    here, there = Client(), Client()
    enter(here)
    enter(there)
    row = SignedInSession.objects.get(session_key=there.session.session_key)

    here.post(reverse("accounts:revoke-session", args=[row.pk]))

    assert there.get("/account/").status_code == HTTPStatus.FOUND
    assert here.get("/account/").status_code == HTTPStatus.OK


def test_somebody_elses_session_cannot_be_revoked(owner):
    there, stranger = Client(), Client()
    enter(there)
    stranger.force_login(UserFactory())
    row = SignedInSession.objects.get()

    response = stranger.post(reverse("accounts:revoke-session", args=[row.pk]))

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert there.get("/account/").status_code == HTTPStatus.OK


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(owner):
    here, there = Client(), Client()
    enter(here)
    enter(there)

    here.post("/account/password/", {"current": PASSWORD, "password": "a longer sentence of mine"})

    assert here.get("/account/").status_code == HTTPStatus.OK
    assert there.get("/account/").status_code == HTTPStatus.FOUND
    assert SignedInSession.objects.get().session_key == here.session.session_key


def test_a_closed_account_is_out_at_once(client, owner):
    enter(client)
    User.objects.filter(pk=owner.pk).update(is_active=False)

    assert client.get("/account/").status_code == HTTPStatus.FOUND


def test_staff_are_signed_out_after_the_idle_limit(client, owner, settings, monkeypatch):
    enter(client)
    later = clock.real_now() + timedelta(seconds=settings.STAFF_IDLE_SECONDS + 1)
    monkeypatch.setattr(clock, "real_now", lambda: later)

    assert client.get("/account/").status_code == HTTPStatus.FOUND


def test_a_session_in_use_goes_on(client, owner, settings, monkeypatch):
    enter(client)
    started = clock.real_now()
    for hours in range(1, 13):
        later = started + timedelta(hours=hours)
        monkeypatch.setattr(clock, "real_now", lambda later=later: later)
        assert client.get("/account/").status_code == HTTPStatus.OK


def test_a_temporary_password_must_be_changed_first(client, owner):
    User.objects.filter(pk=owner.pk).update(must_change_password=True)
    enter(client)

    response = client.get("/admin/audit/")

    assert response.headers["Location"].startswith("/account/password/?next=")


def test_required_second_factor_comes_before_any_page(client, owner, settings):
    settings.STAFF_SECOND_FACTOR = "required"
    enter(client)

    response = client.get("/admin/audit/")

    assert response.headers["Location"].startswith("/account/second-factor/?next=")


def test_with_an_app_the_password_alone_signs_nobody_in(client, owner, at):
    app = pyotp.TOTP(second_factor.secret(second_factor.start(user=owner)))
    before = clock.real_now() - timedelta(minutes=5)
    second_factor.confirm(user=owner, code=app.at(before), at=at, real_at=before)

    response = enter(client, next="/admin/audit/")

    assert response.headers["Location"] == "/login/second-step?next=%2Fadmin%2Faudit%2F"
    assert not get_user(client).is_authenticated
    response = client.post(response.headers["Location"], {"code": app.now()})
    assert response.headers["Location"] == "/admin/audit/"
    assert get_user(client) == owner
    assert SignedInSession.objects.get().second_factor == "totp"


def test_the_second_step_alone_leads_nowhere(client):
    assert client.get("/login/second-step").headers["Location"] == "/login"


def test_a_customer_signs_in_with_a_code_and_sets_a_password(client):
    customer = UserFactory(login="+8801711000001", role=User.Role.CUSTOMER)
    sent = []

    def keep(code, **_kwargs):
        sent.append(code)

    signals.one_time_code_issued.connect(keep)
    try:
        asked = client.post("/portal/login", {"login": "01711000001", "action": "code"})
    finally:
        signals.one_time_code_issued.disconnect(keep)

    response = client.post(asked.headers["Location"], {"code": sent[0]})
    assert response.headers["Location"] == "/portal/"
    client.post("/account/password/", {"password": "a longer sentence of mine"})
    customer.refresh_from_db()
    assert customer.check_password("a longer sentence of mine")


def test_asking_for_a_code_looks_the_same_for_unknown_and_staff_logins(owner):
    answers = {
        client.post("/portal/login", {"login": login, "action": "code"}).headers["Location"]
        for login in ("01711999999", "owner@demo.test")
        for client in [Client()]
    }

    assert answers == {"/portal/login/code"}


def test_the_language_is_kept_in_a_cookie_and_with_the_user(client, owner):
    response = client.post("/language/", {"language": "bn", "next": "/portal/login"})
    assert response.headers["Location"] == "/portal/login"
    assert client.get("/portal/login").headers["Content-Language"] == "bn"

    client.force_login(owner)
    client.post("/language/", {"language": "bn", "next": "//evil.test"})
    owner.refresh_from_db()
    assert owner.language == "bn"


@pytest.mark.parametrize(
    "path", ["/account/", "/account/password/", "/account/second-factor/", "/account/sessions/"]
)
def test_the_own_account_pages_open_for_every_role(path):
    for role in User.Role.values:
        client = Client()
        fields = {"branch__name": "HQ"} if role == User.Role.BRANCH_MANAGER else {}
        client.force_login(UserFactory(role=role, **_with_branch(fields)))

        assert client.get(path).status_code == HTTPStatus.OK


def _with_branch(fields):
    from tests.factories.accounts import BranchFactory

    return {"branch": BranchFactory()} if fields else {}


def _without_tokens(text):
    import re

    text = re.sub(r'(csrfmiddlewaretoken" value|x-csrftoken)": "[^"]*', "", text)
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)
