"""Our adapters against simulators written from the providers' documents, over real sockets."""

from decimal import Decimal

import pytest

from ispbill.notifications.gateways import calling, registry
from ispbill.notifications.gateways.base import (
    Accepted,
    Balance,
    NotTaken,
    Outgoing,
    Rejected,
    Retry,
    Unknown,
)

KINDS = ("SSLWIRELESS", "BULKSMSBD", "TWILIO", "WHATSAPP")
SMS = KINDS[:3]


def message(to="+8801711000001", text="Your bill is Tk 1,150.00", **fields):
    whole = {"id": "m123-0a1b2c3d4e", "channel": "SMS", "recipient": to, "subject": ""}
    return Outgoing(**{**whole, "body": text, "parts": 1, **fields})


def adapter(providers, kind, **other):
    known = {**providers.accounts[kind], **other}
    return registry.MAKERS[kind].make(known["base_url"], known)


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_is_taken_once_with_its_text_and_number(kind, providers):
    outcome = adapter(providers, kind).send(message())
    assert isinstance(outcome, Accepted)
    assert outcome.ref
    (kept,) = providers.store.newest()
    assert (kept["recipient"], kept["body"]) == ("+8801711000001", "Your bill is Tk 1,150.00")


@pytest.mark.parametrize("kind", SMS)
def test_a_number_that_does_not_exist_is_refused_for_good(kind, providers):
    assert isinstance(adapter(providers, kind).send(message("+8801711000000")), Rejected)
    assert providers.store.newest() == []


@pytest.mark.parametrize("kind", KINDS)
def test_an_account_without_balance_stops_all_its_messages(kind, providers):
    providers.faults.no_balance = 1
    outcome = adapter(providers, kind).send(message())
    assert isinstance(outcome, Retry)
    assert outcome.is_for_all


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("SSLWIRELESS", "api_token"),
        ("BULKSMSBD", "api_key"),
        ("TWILIO", "auth_token"),
        ("WHATSAPP", "access_token"),
    ],
)
def test_a_wrong_key_is_no_message_s_fault(kind, field, providers):
    gateway = adapter(providers, kind, **{field: "wrong"})
    outcome = gateway.send(message())
    assert isinstance(outcome, Retry)
    assert outcome.is_for_all
    with pytest.raises(NotTaken):
        gateway.tried()


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_of_the_server_and_too_many_messages_are_tried_again(kind, providers):
    gateway = adapter(providers, kind)
    providers.faults.server_errors = 1
    assert isinstance(gateway.send(message()), Retry)
    providers.faults.too_many = 1
    outcome = gateway.send(message())
    assert isinstance(outcome, Retry)
    assert outcome.after == (None if kind == "WHATSAPP" else 7)  # Meta says so with 400
    assert not outcome.is_for_all
    assert providers.store.newest() == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_lost_answer_is_unknown_for_the_message_may_have_been_taken(kind, providers):
    providers.faults.lost_answers = 1
    assert isinstance(adapter(providers, kind).send(message()), Unknown)
    assert len(providers.store.newest()) == 1


def test_an_answer_that_comes_too_late_is_unknown(providers, monkeypatch):
    monkeypatch.setattr(calling, "ANSWER_SECONDS", 0.2)
    providers.faults.slow_seconds = 0.6
    assert isinstance(adapter(providers, "SSLWIRELESS").send(message()), Unknown)


@pytest.mark.parametrize("kind", KINDS)
def test_a_provider_that_is_not_there_has_taken_nothing(kind, providers):
    gateway = adapter(providers, kind)
    providers.close()
    assert isinstance(gateway.send(message()), Retry)
    with pytest.raises(NotTaken):
        gateway.tried()


@pytest.mark.parametrize(
    ("kind", "balance"),
    [
        ("SSLWIRELESS", Balance(Decimal("4210.50"), "BDT")),
        ("BULKSMSBD", Balance(Decimal("1875.25"), "BDT")),
        ("TWILIO", Balance(Decimal("37.1840"), "USD")),
        ("WHATSAPP", Balance()),
    ],
)
def test_a_trial_tells_what_is_left_and_sends_nothing(kind, balance, providers):
    assert adapter(providers, kind).tried() == balance
    assert providers.store.newest() == []


def test_the_same_name_is_not_taken_twice_by_ssl_wireless(providers):
    gateway = adapter(providers, "SSLWIRELESS")
    assert isinstance(gateway.send(message()), Accepted)
    assert isinstance(gateway.send(message()), Rejected)
    assert len(providers.store.newest()) == 1


def test_a_text_for_whatsapp_fits_a_template_s_parameter(providers):
    text = "Dear Amina,\n\nyour bill:     Tk 5"
    outcome = adapter(providers, "WHATSAPP").send(message(text=text, language="bn"))
    assert isinstance(outcome, Accepted)
    assert providers.store.newest()[0]["body"] == "Dear Amina, your bill: Tk 5"


def test_a_template_that_is_missing_or_paused_stops_whatsapp_as_a_whole(providers):
    missing = adapter(providers, "WHATSAPP", template="other").send(message())
    providers.faults.template_paused = True
    paused = adapter(providers, "WHATSAPP").send(message())
    assert all(isinstance(one, Retry) and one.is_for_all for one in (missing, paused))


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ({"response_code": 202, "message_id": 7}, Accepted),
        ({"response_code": "1001"}, Rejected),
        ({"response_code": 1005}, Retry),
        ({"response_code": 1032}, Retry),
        ({"code": 202}, Unknown),
        ({}, Unknown),
    ],
)
def test_codes_of_bulksmsbd(body, outcome):
    from ispbill.notifications.gateways import bulksmsbd

    assert isinstance(bulksmsbd._outcome(calling.Answer(200, body)), outcome)
