"""A session that was found open does not do everything: some of it asks who is there, again."""

import re
from html import unescape
from http import HTTPStatus

import pyotp
import pytest
from django.contrib.auth import get_user
from django.test import Client

from ispbill.accounts import access, signals
from ispbill.accounts.models import SignedInSession, TotpDevice, User
from ispbill.accounts.services import second_factor
from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from tests.architecture import addresses, samples
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "Test-12345!"
# Who opens each: what is guarded as a whole. Amounts and large files are further below.
GUARDED = {
    "accounts:add-passkey": "OWNER",
    "accounts:new-passkey-options": "OWNER",
    "accounts:remove-passkey": "OWNER",
    "accounts:second-factor": "OWNER",
    "portal:add-method": "CUSTOMER",
    "portal:add-transfer": "CUSTOMER",
    "portal:contact": "CUSTOMER",
    "portal:own-data": "CUSTOMER",
    "portal:remove-email": "CUSTOMER",
    "portal_api:tokens": "CUSTOMER",
    "staff_contracts:witness": "OWNER",
    "staff_accounts:add": "OWNER",
    "staff_api:add-token": "OWNER",
    "staff_accounts:edit": "OWNER",
    "staff_accounts:reset-access": "OWNER",
    "staff_network:add-router": "NOC",
    "staff_network:change-radius": "NOC",
    "staff_network:interstellio-settings": "OWNER",
    "staff_network:leave-radius": "NOC",
    "staff_network:edit-router": "NOC",
    "staff_notifications:edit-provider": "OWNER",
    "staff_payments:add-bank-account": "BILLING",
    "staff_payments:add-gateway": "OWNER",
    "staff_payments:add-method": "BILLING",
    "staff_payments:add-transfer": "BILLING",
    "staff_payments:bank-account": "BILLING",
    "staff_payments:debit-keys": "OWNER",
    "staff_payments:edit-gateway": "OWNER",
    "staff_signup:run-import": "OWNER",
    "staff_signup:start-import": "OWNER",
    "staff_signup:undo-import": "OWNER",
    "staff_webhooks:add": "OWNER",
    "staff_webhooks:remove": "OWNER",
    "staff_webhooks:edit": "OWNER",
    "staff_webhooks:rotate": "OWNER",
}
HTMX = {"hx-request": "true", "hx-target": "dialog-body"}


@pytest.fixture
def owner():
    return UserFactory(login="owner@demo.test", name="Amina Owner")


@pytest.fixture
def person():
    return UserFactory(login="rahim@demo.test", role=User.Role.CASHIER)


@pytest.fixture
def stale(client, owner):
    """A session whose last proof is too long ago."""
    client.post("/login", {"login": owner.login, "password": PASSWORD})
    return forget_proof(client)


def forget_proof(client):
    session = client.session
    session[access.PROVEN_AT] = 0
    session.save()
    return client


def is_asked(page):
    return page.status_code == HTTPStatus.FORBIDDEN and page.headers.get("X-Step-Up") == "asked"


def fields_of(page):
    """Return the hidden fields of the dialog, as a browser would send them again."""
    found = {}
    _before, form = page.content.decode().split("data-step-up>")
    fields = r'<input type="hidden" name="([^"]+)" value="([^"]*)">'
    for name, value in re.findall(fields, form.partition("</form>")[0]):
        if name != "csrfmiddlewaretoken":
            found.setdefault(unescape(name), []).append(unescape(value))
    return found


def reset(client, person, **more):
    path = f"/admin/staff/{person.pk}/access/"
    return path, client.post(path, {"how": "link", "reason": "Lost the phone today", **more})


def test_the_guarded_addresses_are_these():
    marked = {
        address.name for address in addresses.ours() if getattr(address.view, "needs_proof", False)
    }

    assert marked == set(GUARDED)


def test_each_guarded_address_asks_for_a_proof_unless_there_is_a_fresh_one():
    world = samples.build()
    for address in addresses.ours():
        if address.name not in GUARDED:
            continue
        path = samples.path(address, world)
        client = Client()
        client.force_login(world.users[GUARDED[address.name]])
        assert not is_asked(ask(client, path)), address.name

        forget_proof(client)

        assert is_asked(ask(client, path)), address.name
        assert is_asked(ask(client, path, headers=HTMX)), address.name


def ask(client, path, **more):
    return client.post(path, content_type="application/x-www-form-urlencoded", **more)


def test_who_may_not_use_the_page_is_told_that_and_not_asked(person):
    client = Client()
    client.force_login(person)
    forget_proof(client)

    page = client.post(f"/admin/staff/{person.pk}/access/")

    assert page.status_code == HTTPStatus.FORBIDDEN
    assert "X-Step-Up" not in page.headers


def test_the_form_is_shown_without_a_proof(stale, person):
    assert stale.get(f"/admin/staff/{person.pk}/access/").status_code == HTTPStatus.OK


def test_a_fresh_sign_in_is_a_proof(client, owner, person):
    client.post("/login", {"login": owner.login, "password": PASSWORD})

    _path, page = reset(client, person)

    assert page.headers["Location"] == f"/admin/staff/{person.pk}/"


def test_the_proof_is_good_for_the_seconds_of_the_setting(client, owner, person, settings):
    settings.STEP_UP_SECONDS = -1
    client.post("/login", {"login": owner.login, "password": PASSWORD})

    assert is_asked(reset(client, person)[1])


def test_with_the_password_it_goes_on_with_all_that_was_typed(stale, person):
    path, page = reset(stale, person, how="temporary", password='a long  temporary & one"')
    assert is_asked(page)
    assert not AuditEvent.objects.filter(action="user.password_changed").exists()
    sent = fields_of(page)

    done = stale.post(path, {**sent, "step_up_password": PASSWORD})

    assert done.headers["Location"] == f"/admin/staff/{person.pk}/"
    person.refresh_from_db()
    assert person.check_password('a long  temporary & one"')
    assert not is_asked(reset(stale, person)[1])


def test_it_works_in_the_dialog_of_a_page_too(stale, person):
    path = f"/admin/staff/{person.pk}/access/"
    given = {"how": "link", "reason": "Lost the phone today"}

    page = stale.post(path, given, headers=HTMX)

    assert is_asked(page)
    assert page.headers["HX-Retarget"] == "#dialog-body"
    assert b"<html" not in page.content
    assert b'hx-post="' in page.content
    done = stale.post(path, {**fields_of(page), "step_up_password": PASSWORD}, headers=HTMX)
    assert done.headers["HX-Redirect"] == f"/admin/staff/{person.pk}/"


def test_a_wrong_password_is_asked_for_again_and_nothing_is_done(stale, person):
    path, page = reset(stale, person)

    again = stale.post(path, {**fields_of(page), "step_up_password": "a guess of mine"})

    assert is_asked(again)
    assert b"This is not your present password." in again.content
    assert fields_of(again) == fields_of(page)
    assert b"a guess of mine" not in again.content
    assert not AuditEvent.objects.filter(action="user.access_link_sent").exists()


def test_an_empty_answer_is_asked_for_again(stale, person):
    path, page = reset(stale, person)

    assert is_asked(stale.post(path, fields_of(page)))


def test_a_code_of_the_app_is_a_proof_too(stale, owner, person, at):
    app = pyotp.TOTP(second_factor.secret(second_factor.start(user=owner)))
    TotpDevice.objects.update(confirmed_at=at)
    path, page = reset(stale, person)
    code = app.at(clock.real_now())

    done = stale.post(path, {**fields_of(page), "step_up_code": code})

    assert done.headers["Location"] == f"/admin/staff/{person.pk}/"


def test_without_a_factor_no_code_is_a_proof(stale, person):
    path, page = reset(stale, person)

    assert b"step_up_code" not in page.content
    assert is_asked(stale.post(path, {**fields_of(page), "step_up_code": "123456"}))


def test_the_page_that_shows_the_secret_of_an_app_asks_first(stale):
    path = "/account/second-factor/?next=/admin/"

    page = stale.get(path)

    assert is_asked(page)
    assert b"qr-code" not in page.content
    on = stale.post(path, {**fields_of(page), "step_up_password": PASSWORD})
    assert (on.status_code, on.headers["Location"]) == (HTTPStatus.SEE_OTHER, path)
    assert b"qr-code" in stale.get(path).content


def test_five_wrong_passwords_end_the_session(stale, owner, person):
    path, page = reset(stale, person)
    sent = {**fields_of(page), "step_up_password": "wrong"}
    for _try in range(4):
        assert is_asked(stale.post(path, sent))

    fifth = stale.post(path, sent)

    assert fifth.headers["Location"] == "/login"
    assert not get_user(stale).is_authenticated
    assert not SignedInSession.objects.exists()
    assert "wrong too often" in stale.get("/login").content.decode()
    assert AuditEvent.objects.filter(action="user.present_password_wrong").count() == 5


def test_in_a_dialog_the_fifth_leads_out_too(stale, person):
    path, page = reset(stale, person)
    sent = {**fields_of(page), "step_up_password": "wrong"}
    for _try in range(4):
        stale.post(path, sent, headers=HTMX)

    assert stale.post(path, sent, headers=HTMX).headers["HX-Redirect"] == "/login"


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("/account/password/", {"current": "wrong", "password": "a longer sentence of mine"}),
        ("/account/second-factor/codes/", {"password": "wrong"}),
        ("/account/second-factor/remove/", {"password": "wrong"}),
    ],
)
@pytest.mark.parametrize("has_redis", [True, False])
def test_every_form_that_asks_for_the_present_password_ends_it(
    client, owner, path, given, has_redis, settings
):
    if not has_redis:
        broken = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/2"}
        settings.CACHES = {"default": broken}
    client.post("/login", {"login": owner.login, "password": PASSWORD})
    for _try in range(4):
        client.post(path, given)
    assert get_user(client).is_authenticated

    assert client.post(path, given).headers["Location"] == "/login"

    assert not get_user(client).is_authenticated


def test_the_forms_share_one_count_and_a_right_one_uses_nothing_up(client, owner):
    client.post("/login", {"login": owner.login, "password": PASSWORD})
    for _try in range(6):
        client.post("/account/second-factor/codes/", {"password": PASSWORD})
    assert get_user(client).is_authenticated
    for path in ("codes", "remove", "codes", "remove"):
        client.post(f"/account/second-factor/{path}/", {"password": "wrong"})

    client.post("/account/password/", {"current": "x", "password": "a longer sentence of mine"})

    assert not get_user(client).is_authenticated


def test_a_customer_without_a_password_proves_it_with_a_code():
    phone = "+8801711000001"
    user = UserFactory(login=phone, role=User.Role.CUSTOMER)
    user.set_unusable_password()
    user.save()
    client, codes = Client(), []
    client.force_login(user)
    forget_proof(client)

    def keep(code, **_kwargs):
        codes.append(code)

    page = client.post("/account/password/", {"password": "a longer sentence of mine"})
    assert is_asked(page)
    signals.one_time_code_issued.connect(keep)
    try:
        sent = client.post("/account/password/", {**fields_of(page), "step_up_action": "send"})
    finally:
        signals.one_time_code_issued.disconnect(keep)
    wrong = f"{(int(codes[0]) + 1) % 10**6:06d}"
    again = client.post("/account/password/", {**fields_of(sent), "step_up_code": wrong})
    assert is_asked(again)
    client.post("/account/password/", {**fields_of(again), "step_up_code": codes[0]})

    user.refresh_from_db()
    assert user.check_password("a longer sentence of mine")


def test_who_has_no_password_gives_up_a_factor_with_a_proof():
    user = UserFactory(login="+8801711000001", role=User.Role.CUSTOMER)
    user.set_unusable_password()
    user.save()
    client = Client()
    client.force_login(user)
    forget_proof(client)

    assert is_asked(client.post("/account/second-factor/codes/"))
    assert is_asked(client.post("/account/second-factor/remove/"))
    client.force_login(user)
    assert b"shown again" in client.post("/account/second-factor/codes/").content
