"""The first weeks of a live gateway: what it answers is recorded without anything of anybody's."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection
from django.urls import reverse

from ispbill.core import clock
from ispbill.core.acts import Act
from payments import tasks
from payments.online.gateways import registry
from payments.online.gateways.contract import Hint, Known, Verdict, unheard
from payments.online.models import GatewayAccount, GatewayAnswer
from payments.online.services import accounts, recording, setup
from payments.online.services.starting import Asked, _order
from tests.factories.accounts import UserFactory
from tests.factories.gateway_accounts import gateway_account

pytestmark = pytest.mark.django_db(transaction=True)

WHY = "the contract is signed"
LIVE = {"base_url": "https://gateway.test", "is_live": True}


@pytest.fixture
def live(db):
    """An account that went live a moment ago."""
    return gateway_account(at=clock.now(), provider="BKASH", went_live_at=clock.now(), **LIVE)


def say(account, operation="create", status=200, at=None, **answer):
    recording.listener(account, at=at or clock.now())(
        operation, status, json.dumps(answer).encode()
    )


def test_an_account_goes_live_when_it_is_offered_for_real_money(db, at):
    actor = UserFactory()
    account = gateway_account(at=at, is_enabled=False)

    def since(**act):
        return GatewayAccount.objects.get(pk=account.pk).went_live_at

    def switch(*, on, hours):
        setup.switch(
            account=account, is_enabled=on, act=Act(actor, at + timedelta(hours=hours), reason=WHY)
        )

    def change(hours, **values):
        account.refresh_from_db()
        setup.change(
            account=account,
            values=values,
            credentials={"store_password": "s"},
            act=Act(actor, at + timedelta(hours=hours), reason=WHY),
        )

    switch(on=True, hours=1)
    assert since() is None  # a test account
    switch(on=False, hours=2)
    GatewayAccount.objects.update(**LIVE)
    switch(on=True, hours=3)
    assert since() == at + timedelta(hours=3)
    switch(on=False, hours=4)
    switch(on=True, hours=5)
    assert since() == at + timedelta(hours=3)
    change(6, is_live=False)
    assert since() is None
    change(7, is_live=True)
    assert since() == at + timedelta(hours=7)


def test_what_a_live_gateway_answers_is_kept_once_a_form_and_counted(live):
    for amount in ("100", "250"):
        say(live, statusCode="0000", amount=amount, customerMsisdn="01711000001", fresh="x")
    say(live, statusCode="2999")

    (first, other) = GatewayAnswer.objects.order_by("pk")

    assert (first.times, first.news, other.news) == (2, ["field fresh"], ["statusCode: 2999"])
    assert first.shape == {
        "statusCode": "=0000",
        "amount": "whole number",
        "customerMsisdn": "whole number",
        "fresh": "text",
    }


def test_a_live_payment_leaves_its_forms_and_nothing_of_the_payer(live, shop):
    """The simulator answers in the live account's place; every call of a payment is heard."""
    place = shop.directory
    told = json.loads((place / "gateways.json").read_text())["bkash"]
    gateway = registry.gateway(
        "BKASH", told["base_url"], told, recording.listener(live, at=clock.now())
    )
    attempt = shop.start()
    started = gateway.start(
        _order(
            attempt,
            Asked(
                customer=shop.customer, account=live, amount=attempt.amount, source="LINK", key="k"
            ),
        )
    )
    shop.desk.press(started.session_key, "pay")
    known = Known(attempt.order, started.session_key, Decimal("1150.00"), "BDT")
    gateway.confirm(known, Hint("", Verdict.PAID, reference=started.session_key))

    rows = {row.operation: row for row in GatewayAnswer.objects.all()}

    assert set(rows) >= {"create", "execute"}
    assert [row.news for row in rows.values()] == [[]] * len(rows)
    kept = json.dumps([row.shape for row in rows.values()])
    assert "01770618575" not in kept
    assert started.session_key not in kept


def test_a_test_account_and_one_long_live_are_not_recorded(live, settings):
    test = gateway_account(at=clock.now(), provider="SSLCOMMERZ", went_live_at=None)
    say(test, statusCode="0000")
    say(live, statusCode="0000", at=clock.now() + timedelta(days=28, minutes=1))
    settings.GATEWAY_RECORDING_DAYS = 0
    say(live, statusCode="0000")

    assert GatewayAnswer.objects.count() == 0


@pytest.mark.parametrize("raw", [b"", b"<html>", b"null", b"[]", b"7", b"\xff", b"[" * 5000])
def test_an_answer_of_no_shape_is_news_by_its_status(live, raw):
    recording.listener(live, at=clock.now())("create", 502, raw)

    row = GatewayAnswer.objects.get()
    assert (row.status, bool(row.news)) == (502, raw != b"[]")


def test_recording_never_pauses_what_is_recorded(live, monkeypatch, caplog):
    def broken(*_args, **_values):
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(GatewayAnswer.objects, "bulk_create", broken)

    say(live, statusCode="0000")

    assert "an answer of a gateway was not recorded" in caplog.text
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # and the connection is as good as before


def test_a_gateway_whose_answers_differ_every_time_fills_no_disk(live, monkeypatch):
    monkeypatch.setattr(recording, "MOST_FORMS", 3)

    for number in range(5):
        say(live, **{f"field_{number}": "x"})

    assert GatewayAnswer.objects.count() == 3


def test_a_believed_notice_is_recorded_a_forged_one_is_not(shop, monkeypatch):
    heard = []
    monkeypatch.setattr(recording, "_keep", lambda *given, **_: heard.append(given[1:4]))
    monkeypatch.setattr(recording, "is_recorded", lambda *_, **__: True)
    attempt = shop.start()
    shop.press(attempt, "success")
    (notice,) = shop.notices(attempt)
    heard.clear()

    shop.notify(notice, verify_sign_sha2="0" * 64)
    assert [one[0] for one in heard] == []
    shop.notify(notice)

    assert [one[0] for one in heard][0] == "notice"
    assert "validation" in [one[0] for one in heard]


def test_what_came_last_long_ago_is_forgotten(live):
    say(live, old="x")
    GatewayAnswer.objects.update(last_at=clock.now() - recording.KEPT - timedelta(days=1))
    say(live, new="x")

    tasks.forget_gateway_answers()

    assert [row.news for row in GatewayAnswer.objects.all()] == [["field new"]]


def test_staff_see_what_is_new_on_the_gateways_page(client, live, django_assert_num_queries):
    client.force_login(UserFactory())
    page = client.get(reverse("staff_payments:gateways")).content.decode()
    assert "Every answer so far looked as we know it." in page
    say(live, statusCode="0000")
    say(live, statusCode="4711", fresh="<b>")

    page = client.get(reverse("staff_payments:gateways")).content.decode()

    assert page.count("data-row=") == 1
    assert "statusCode: 4711" in page
    assert "field fresh" in page


def test_the_adapter_of_an_account_is_listened_to_by_who_is_about_to_call(live):
    heard = accounts.gateway_of(live, at=clock.now())._hear

    assert heard.__qualname__.startswith("listener")
    assert accounts.gateway_of(live)._hear is unheard
