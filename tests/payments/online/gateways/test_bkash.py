from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.cache import cache

from payments.online.gateways import bkash_tokens
from payments.online.gateways.bkash import Bkash
from payments.online.gateways.contract import Hint, Known, RefundOrder, RefundState, Verdict
from payments.online.gateways.errors import GatewayDown, GatewayRefused, WrongCredentials

NAMES = ("username", "password", "app_key", "app_secret")


@pytest.fixture
def account(sandbox):
    place = sandbox.addresses["bkash"]
    return place["base_url"], {name: place[name] for name in NAMES}


@pytest.fixture
def gateway(account):
    return Bkash(*account)


@pytest.fixture
def opened(gateway, order, known):
    """A payment of 1,150 the customer has been sent to."""
    return known(order(), gateway.start(order()))


def executions(desk):
    return len(desk.calls(gateway="bkash", operation="execute"))


def came_back(gateway, leaving):
    assert leaving["method"] == "GET"
    return gateway.read("return", dict(parse_qsl(urlsplit(leaving["url"]).query)))


def test_a_customer_who_agrees_pays(gateway, desk, opened):
    hint = came_back(gateway, desk.press(opened.session_key, "pay"))
    assert hint == Hint("PAY0001", Verdict.PAID, reference=opened.session_key, words="success")
    assert gateway.query(opened).verdict is Verdict.PENDING

    outcome = gateway.confirm(opened, hint)

    trx_id = desk.session(opened.session_key)["session"]["facts"]["trxID"]
    assert (outcome.verdict, outcome.order, outcome.reference) == (Verdict.PAID, "PAY0001", trx_id)
    assert (outcome.amount, outcome.currency, outcome.method) == (
        Decimal("1150.00"),
        "BDT",
        "BKASH",
    )
    assert outcome.payer == "017****8575"
    assert outcome.paid_at is not None
    assert outcome.paid_at.utcoffset().total_seconds() == 6 * 3600
    assert gateway.query(opened).reference == trx_id


def test_a_return_is_read_however_its_fields_were_put_behind_ours(gateway):
    hint = gateway.read("return", {"order": "PAY0001?paymentID=TR1", "status": "success"})

    assert (hint.order, hint.reference, hint.claim) == ("PAY0001", "TR1", Verdict.PAID)
    assert gateway.read("return", {"order": ["a", "b"], "paymentID": ["x"]}) == Hint(
        "", Verdict.UNKNOWN
    )


def test_a_payment_is_executed_once_however_often_the_customer_comes_back(gateway, desk, opened):
    hint = came_back(gateway, desk.press(opened.session_key, "pay"))

    with ThreadPoolExecutor(8) as crowd:
        outcomes = list(crowd.map(lambda _: gateway.confirm(opened, hint), range(8)))
    last = gateway.confirm(opened, hint)

    assert executions(desk) == 1
    assert last.verdict is Verdict.PAID
    assert {one.verdict for one in outcomes} <= {Verdict.PAID, Verdict.PENDING}


@pytest.mark.parametrize("kind", ["lost_answer", "html", "truncated", "empty", "null"])
def test_money_that_moved_without_an_answer_is_found_by_asking(gateway, desk, opened, kind):
    hint = came_back(gateway, desk.press(opened.session_key, "pay"))
    desk.fault("bkash", kind, operation="execute")

    outcome = gateway.confirm(opened, hint)

    assert (outcome.verdict, outcome.amount) == (Verdict.PAID, Decimal("1150.00"))
    assert executions(desk) == 1


def test_not_knowing_is_said_and_resolved_later_without_executing_again(gateway, desk, opened):
    hint = came_back(gateway, desk.press(opened.session_key, "pay"))
    desk.fault("bkash", "lost_answer", operation="execute")
    desk.fault("bkash", "error_500", operation="status", times=1)

    with pytest.raises(GatewayDown):
        gateway.confirm(opened, hint)

    assert gateway.confirm(opened, hint).verdict is Verdict.PAID
    assert executions(desk) == 1


@pytest.mark.parametrize(
    ("button", "claim"), [("fail", Verdict.FAILED), ("cancel", Verdict.CANCELLED)]
)
def test_a_customer_who_declines_is_never_executed(gateway, desk, opened, button, claim):
    hint = came_back(gateway, desk.press(opened.session_key, button))

    outcome = gateway.confirm(opened, hint)

    assert (hint.claim, outcome.verdict) == (claim, claim)
    assert executions(desk) == 0


def test_too_little_money_fails_with_the_gateways_reason(gateway, desk, opened):
    hint = came_back(gateway, desk.press(opened.session_key, "insufficient"))

    outcome = gateway.confirm(opened, hint)

    assert (outcome.verdict, outcome.code, outcome.words) == (
        Verdict.FAILED,
        "2023",
        "Insufficient Balance",
    )


def test_another_amount_is_told_as_it_was_taken(gateway, desk, opened):
    hint = came_back(gateway, desk.press(opened.session_key, "wrong_amount"))

    outcome = gateway.confirm(opened, hint)

    assert (outcome.verdict, outcome.amount) == (Verdict.PAID, Decimal("1149.50"))


def test_a_forged_return_moves_nothing(gateway, desk, opened, order, known):
    other = known(order("PAY0002"), gateway.start(order("PAY0002")))
    desk.press(other.session_key, "pay_lost")
    forged = Hint(order="", claim=Verdict.PAID, reference=other.session_key)

    assert gateway.confirm(opened, forged).verdict is Verdict.PENDING
    assert executions(desk) == 0
    too_early = Hint(order="", claim=Verdict.PAID, reference=opened.session_key)
    assert gateway.confirm(opened, too_early).verdict is Verdict.FAILED
    assert desk.session(opened.session_key)["charges"] == []


def test_an_answer_about_another_payment_or_of_another_shape_is_no_payment(gateway, desk, opened):
    hint = came_back(gateway, desk.press(opened.session_key, "pay"))
    assert gateway.confirm(opened, hint).verdict is Verdict.PAID

    desk.fault("bkash", "override", operation="status", fields={"paymentID": "other"})
    assert gateway.query(opened).verdict is Verdict.UNKNOWN
    desk.fault("bkash", "override", operation="status", fields={"amount": "1,150"})
    assert gateway.query(opened).amount is None
    for changes in ({"transactionStatus": "Fine"}, {"trxID": ""}):
        desk.fault("bkash", "override", operation="status", fields=changes)
        with pytest.raises(GatewayDown):
            gateway.query(opened)
    desk.fault("bkash", "wrong_types", operation="status")
    with pytest.raises(GatewayDown):
        gateway.query(opened)
    unknown = replace(opened, session_key="TRnone")
    assert gateway.query(unknown).verdict is Verdict.UNKNOWN
    assert gateway.query(replace(opened, session_key="")).verdict is Verdict.UNKNOWN


def test_an_invoice_number_paid_twice_is_paid_once(gateway, desk, order, known):
    first, second = (known(order(), gateway.start(order())) for _ in range(2))
    hints = [came_back(gateway, desk.press(one.session_key, "pay")) for one in (first, second)]

    outcomes = [
        gateway.confirm(one, hint) for one, hint in zip((first, second), hints, strict=True)
    ]

    assert [one.verdict for one in outcomes] == [Verdict.PAID, Verdict.FAILED]


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_credential_is_said_to_be_one(account, name, order):
    url, credentials = account
    gateway = Bkash(url, credentials | {name: "wrong"})

    with pytest.raises(WrongCredentials):
        gateway.start(order())
    steps = gateway.test()
    assert [step.is_passed for step in steps] == [True, False]
    assert "is wrong" in steps[-1].words


def test_a_test_of_right_credentials_passes_every_step_and_moves_nothing(gateway, desk):
    assert [step.is_passed for step in gateway.test()] == [True, True, True]
    assert desk.sessions() == []


def test_a_gateway_that_is_down_is_told_apart_from_wrong_credentials(account, desk, sandbox):
    desk.fault("bkash", "maintenance", operation="grant")
    steps = Bkash(*account).test()
    assert [(step.is_passed, "does not answer" in step.words) for step in steps] == [(False, True)]
    sandbox.close()

    with pytest.raises(GatewayDown) as down:
        Bkash(*account).query(Known("X", "TR1", Decimal(1), "BDT"))
    assert not down.value.was_sent


def test_what_is_refused_at_the_start_says_why(gateway, order):
    with pytest.raises(GatewayRefused) as refused:
        gateway.start(order(amount=Decimal(0)))

    assert (refused.value.code, refused.value.detail) == ("2006", "Invalid Amount")


# --- tokens ---------------------------------------------------------------------------------


def test_all_workers_share_one_token(account, desk, order):
    with ThreadPoolExecutor(8) as crowd:
        started = list(crowd.map(lambda n: Bkash(*account).start(order(f"P{n}")), range(8)))

    assert len({one.session_key for one in started}) == 8
    assert len(desk.calls(gateway="bkash", operation="grant")) == 1


def test_a_word_can_be_put_before_the_token(account, desk, order):
    url, credentials = account

    Bkash(url, credentials | {"token_prefix": "Bearer"}).start(order())

    assert desk.calls(gateway="bkash", operation="create")[0]["status"] == 200


def test_a_token_no_longer_taken_is_refreshed_not_granted(gateway, desk, order):
    gateway.start(order())
    desk.forget_tokens()

    gateway.start(order("PAY0002"))

    assert len(desk.calls(gateway="bkash", operation="grant")) == 1
    assert len(desk.calls(gateway="bkash", operation="refresh")) == 1


def test_we_never_ask_for_a_third_token_within_the_hour(account, desk, order):
    desk.switch(limits_grants=True, token_seconds=60)
    for n in range(4):
        Bkash(*account).start(order(f"P{n}"))  # too short-lived: each renews
    assert len(desk.calls(gateway="bkash", operation="grant")) == 1
    desk.fault("bkash", "error_500", operation="refresh", times=-1)
    with pytest.raises(GatewayDown):
        Bkash(*account).start(order("P8"))
    desk.clear_faults()
    for n in range(3):
        _forget_token()
        if n < 1:
            Bkash(*account).start(order(f"Q{n}"))
        else:
            with pytest.raises(GatewayDown, match="two tokens"):
                Bkash(*account).start(order(f"Q{n}"))

    assert len(desk.calls(gateway="bkash", operation="grant")) == bkash_tokens.GRANTS_PER_HOUR


def _forget_token():
    """Take the token out of the cache, not the count of grants."""
    client = cache._cache.get_client(None, write=True)
    for key in client.scan_iter("*bkash:*"):
        if not key.endswith((b":grants", b":lock")):
            client.delete(key)


def test_the_token_lies_sealed_in_the_cache(gateway, order, desk):
    gateway.start(order())

    token = gateway._tokens.current()
    client = cache._cache.get_client(None, write=True)
    kept = b"".join(
        client.get(key) or b"" for key in client.scan_iter("*bkash:*") if not key.endswith(b"lock")
    )
    assert kept
    assert token.encode() not in kept
    assert gateway._tokens._credentials["app_secret"].encode() not in kept


# --- refunds --------------------------------------------------------------------------------


@pytest.fixture
def paid(gateway, desk, opened):
    outcome = gateway.confirm(opened, came_back(gateway, desk.press(opened.session_key, "pay")))

    def refund(amount, name="R1"):
        return RefundOrder(
            order=name,
            amount=Decimal(amount),
            currency="BDT",
            reason="moved away",
            gateway_reference=outcome.reference,
            bank_reference=outcome.bank_reference,
            session_key=opened.session_key,
        )

    return refund


def test_a_refund_is_done_and_never_more_than_was_paid(gateway, paid):
    done = gateway.refund(paid("150.00"))
    assert done.state is RefundState.DONE
    assert gateway.refund_state(paid("150.00"), done.reference).state is RefundState.DONE

    refused = gateway.refund(paid("1000.01", "R2"))

    assert (refused.state, refused.words) == (
        RefundState.REFUSED,
        "Refund amount exceeds the remaining amount",
    )


def test_a_refund_whose_answer_was_lost_is_found_and_one_never_asked_is_not(gateway, desk, paid):
    assert gateway.refund_state(paid("150.00"), "").state is RefundState.UNKNOWN
    desk.fault("bkash", "lost_answer", operation="refund")
    with pytest.raises(GatewayDown):
        gateway.refund(paid("150.00"))

    assert gateway.refund_state(paid("150.00"), "").state is RefundState.DONE
    assert gateway.refund_state(paid("20.00", "R2"), "").state is RefundState.UNKNOWN


def test_one_refund_asked_for_by_many_workers_is_sent_once(gateway, desk, opened, paid):
    with ThreadPoolExecutor(6) as crowd:
        list(crowd.map(lambda _: gateway.refund(paid("150.00")), range(6)))

    refunds = desk.session(opened.session_key)["refunds"]
    assert [one["amount"] for one in refunds] == ["150.00"]


def test_a_refund_that_never_left_is_sent_when_bkash_is_open_again(gateway, desk, opened, paid):
    desk.fault("bkash", "inactive", operation="refund")
    with pytest.raises(GatewayDown):
        gateway.refund(paid("150.00"))

    assert gateway.refund(paid("150.00")).state is RefundState.DONE
    assert len(desk.session(opened.session_key)["refunds"]) == 1


# --- closed for a while, and tokens that died ------------------------------------------------

CLOSED = [
    {"statusCode": "503", "statusMessage": "System is undergoing maintenance."},
    {"statusCode": "9999", "statusMessage": "System error"},
    {"errorCode": "503", "errorMessage": "Service Unavailable"},
    {"message": "Endpoint request timed out"},
    {},
]


@pytest.mark.parametrize("answer", CLOSED)
def test_a_gateway_closed_when_a_token_is_wanted_is_down_and_knows_us_still(
    account, desk, order, answer
):
    desk.fault("bkash", "refuse", operation="grant", fields=answer, times=2)

    with pytest.raises(GatewayDown) as down:
        Bkash(*account).start(order())
    steps = Bkash(*account).test()

    assert not down.value.was_sent
    assert [(step.is_passed, "does not answer" in step.words) for step in steps] == [(False, True)]


@pytest.mark.parametrize(
    "answer",
    [
        {"status": "fail", "msg": "Invalid username and password combination"},
        {"statusCode": "2001", "statusMessage": "Invalid App Key"},
        {"errorCode": "2001", "errorMessage": "Invalid App Key"},
    ],
)
def test_only_what_says_so_is_a_wrong_credential(account, desk, order, answer):
    desk.fault("bkash", "refuse", operation="grant", fields=answer)

    with pytest.raises(WrongCredentials, match="Invalid"):
        Bkash(*account).start(order())


@pytest.mark.parametrize("kind", ["maintenance", "html", "empty", "error_500"])
def test_a_payment_agreed_to_while_no_token_could_be_had_is_executed_later(
    gateway, desk, opened, kind
):
    """Nothing was executed, so somebody still may."""
    hint = came_back(gateway, desk.press(opened.session_key, "pay"))
    _forget_token()
    desk.fault("bkash", kind, operation="grant")
    with pytest.raises(GatewayDown):
        gateway.confirm(opened, hint)

    if kind != "maintenance":  # an answer that is lost may have been a token: it counts
        cache.delete(f"{gateway._tokens._key}:grants")
    assert gateway.confirm(opened, hint).verdict is Verdict.PAID
    assert executions(desk) == 1


def test_a_token_refused_by_a_code_is_renewed_and_the_call_made_once_more(gateway, desk, opened):
    hint = came_back(gateway, desk.press(opened.session_key, "pay"))
    desk.switch(says_2079=True)
    desk.forget_tokens()

    assert gateway.confirm(opened, hint).verdict is Verdict.PAID

    codes = [call["answer"] for call in desk.calls(gateway="bkash", operation="execute")]
    assert ["2079" in answer for answer in codes] == [False, True]  # newest first
    assert len(desk.calls(gateway="bkash", operation="refresh")) == 1


def test_a_token_refused_twice_is_a_wrong_credential(gateway, desk, opened):
    desk.fault("bkash", "refuse", operation="status", times=2, fields={"statusCode": "2079"})

    with pytest.raises(WrongCredentials):
        gateway.query(opened)


def test_a_system_error_is_no_refusal(gateway, desk, order):
    desk.fault("bkash", "refuse", operation="create", fields=CLOSED[1])

    with pytest.raises(GatewayDown, match="System error"):
        gateway.start(order())


@pytest.mark.parametrize(
    ("written", "hour", "microsecond"),
    [
        ("2026-11-22T15:04:05:123 GMT+0600", 9, 123_000),
        ("2026-11-22T15:04:05:123 GMT+06:00", 9, 123_000),
        ("2026-11-22T09:04:05:162 GMT+0000", 9, 162_000),
        ("2026-11-22T15:04:05 GMT+0600", 9, 0),
    ],
)
def test_a_moment_is_read_however_bkash_writes_it(
    gateway, desk, opened, written, hour, microsecond
):
    gateway.confirm(opened, came_back(gateway, desk.press(opened.session_key, "pay")))
    desk.fault("bkash", "override", operation="status", fields={"paymentExecuteTime": written})

    paid_at = gateway.query(opened).paid_at.astimezone(UTC)

    assert paid_at == datetime(2026, 11, 22, hour, 4, 5, microsecond, tzinfo=UTC)


@pytest.mark.parametrize("written", ["", "yesterday", "2026-13-22T15:04:05:123 GMT+0600"])
def test_a_moment_that_is_none_is_left_out(gateway, desk, opened, written):
    gateway.confirm(opened, came_back(gateway, desk.press(opened.session_key, "pay")))
    desk.fault("bkash", "override", operation="status", fields={"paymentExecuteTime": written})

    assert gateway.query(opened).paid_at is None
