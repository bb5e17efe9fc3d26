"""The simulated Netcash itself: what it keeps, forges, holds back and sends back."""

import http.client
import json
import threading
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from ispbill.devtools.sandbox.netcash import bank_days
from ispbill.devtools.sandbox.netcash.client import Control
from ispbill.devtools.sandbox.netcash.server import serve
from ispbill.devtools.sandbox.netcash.world import prepared
from ispbill.devtools.sandbox.owners_call import NotRunning
from tests.factories.netcash import client_of
from tests.payments.online.gateways.netcash import orders
from tests.payments.online.gateways.netcash.conftest import TODAY

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def server(tmp_path):
    server = serve(tmp_path, today=lambda: TODAY)
    yield server
    server.close()


@pytest.fixture
def control(server, tmp_path):
    return Control(tmp_path)


@pytest.fixture
def netcash(server, tmp_path):
    return client_of(tmp_path)


@pytest.fixture
def shop():
    """The merchant's postback address; `shop.heard` has what was posted."""
    heard = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            heard.append((self.path, self.headers["Content-Type"], form))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args):
            pass

    opened = HTTPServer(("127.0.0.1", 0), Hook)
    opened.heard = heard
    thread = threading.Thread(target=opened.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield opened
    opened.shutdown()
    thread.join()
    opened.server_close()


@pytest.fixture
def hooked(control, shop):
    control.profile(postback_url=f"http://127.0.0.1:{shop.server_address[1]}/hook/secret/?a=b")
    return control


def fetch(url, form=None):
    """Get a page, or post a form to it; return status and text."""
    line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    body = None if form is None else urlencode(form)
    line.request("GET" if form is None else "POST", urlsplit(url).path, body)
    response = line.getresponse()
    text = response.read().decode()
    line.close()
    return response.status, text


def run(netcash, control, *lines):
    netcash.upload(orders.batch(*lines))
    control.authorise(control.picture()["batches"][0]["guid"])


def returned(control):
    return [
        (one["day"], one["description"], one["cents"])
        for one in reversed(control.picture()["movements"])
        if one["code"] == "DRU"
    ]


def test_its_address_and_keys_are_for_its_owner_alone(server, tmp_path):
    file = tmp_path / "netcash.json"

    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "netcash-state.json").stat().st_mode & 0o777 == 0o600
    assert set(json.loads(file.read_text())["keys"]) == {
        "account",
        "debit_order",
        "validation",
        "pay_now",
    }
    assert fetch(f"{server.base_url}/control")[0] == 404
    assert fetch(f"{server.base_url}/control", {"act": "next_day"})[0] == 404


def test_everything_survives_a_restart_at_the_same_address(server, netcash, control, tmp_path):
    asked = netcash.add_mandate(orders.mandate())
    token = netcash.upload(orders.batch())
    control.switch(fee_per_line=0)
    before, address = control.picture(), server.address
    server.close()
    with pytest.raises(NotRunning):
        control.picture()

    again = serve(tmp_path, today=lambda: TODAY)
    try:
        assert {**again.address, "token": ""} == {**address, "token": ""}
        assert control.picture() == before
        assert orders.soon(lambda: netcash.load_report(token))
        assert fetch(asked.url)[0] == 200
    finally:
        again.close()


def test_address_and_keys_are_known_before_it_runs(tmp_path):
    base_url, keys = prepared(tmp_path / "new")

    server = serve(tmp_path / "new")
    try:
        assert (server.base_url, server.address["keys"]) == (base_url, keys)
        assert prepared(tmp_path / "new") == (base_url, keys)
    finally:
        server.close()


def test_a_customer_signs_on_its_page_and_the_shop_is_told_once(netcash, hooked, shop):
    asked = netcash.add_mandate(orders.mandate(bank=None, extras=("17",)))
    page = fetch(asked.url)[1]
    assert "Nomsa Dlamini" in page
    assert "R 599.00" in page

    wrong = {"act": "sign", "holder": "N", "number": "62001234566", "branch": "250655", "kind": "1"}
    right = wrong | {"number": "62001234567"}
    assert fetch(asked.url, wrong)[0] == 422
    status, page = fetch(asked.url, right)
    assert (status, "is signed" in page) == (200, True)
    assert fetch(asked.url, right)[0] == 422

    assert [one["outcome"] for one in hooked.picture()["postbacks"]] == ["answered 200"]
    ((path, kind, form),) = shop.heard
    assert (path, kind) == ("/hook/secret/?a=b", "application/x-www-form-urlencoded")
    shown = ("MandateSuccessful", "AccountRef", "BankAccountNo", "DefaultAmount", "Field1")
    assert [form[name] for name in shown] == ["1", "CT-2026-00001", "620*****7", "599.00", "17"]
    assert "62001234567" not in json.dumps(hooked.picture())


def test_a_declined_mandate_says_why_and_an_expired_one_cannot_be_signed(netcash, hooked, shop):
    netcash.add_mandate(orders.mandate("CT-1"))
    netcash.add_mandate(orders.mandate("CT-2"))

    hooked.decline("CT-1", reason="Wrong amount")
    hooked.expire("CT-2")
    with pytest.raises(ValueError, match="no longer open"):
        hooked.sign("CT-2")

    assert len(hooked.picture()["postbacks"]) == 2
    shown = ("AccountRef", "MandateSuccessful", "IsDeclined", "MandateStatus")
    assert [tuple(form[name] for name in shown) for _path, _kind, form in shop.heard] == [
        ("CT-1", "0", "True", "5"),
        ("CT-2", "0", "False", "3"),
    ]
    assert shop.heard[0][2]["ReasonForDecline"] == "Wrong amount"


def test_postbacks_come_late_twice_or_never_as_switched(netcash, hooked, shop):
    for reference in ("CT-1", "CT-2", "CT-3"):
        netcash.add_mandate(orders.mandate(reference))
    hooked.switch(holds_postbacks=True)
    hooked.sign("CT-1")
    assert (hooked.picture()["held"], shop.heard) == (1, [])
    assert hooked.let_go() == 1
    hooked.switch(holds_postbacks=False, doubles_postbacks=True)
    hooked.sign("CT-2")
    hooked.switch(sends_postbacks=False)
    hooked.sign("CT-3")

    hooked.picture()
    assert [form["AccountRef"] for _path, _kind, form in shop.heard] == ["CT-1", "CT-2", "CT-2"]


def test_a_forged_postback_claims_what_the_mandate_data_denies(netcash, hooked, shop):
    netcash.add_mandate(orders.mandate())

    hooked.forge("CT-2026-00001")

    hooked.picture()
    assert [form["MandateSuccessful"] for _path, _kind, form in shop.heard] == ["1"]
    token = netcash.ask_mandates()
    assert [row.code for row in orders.soon(lambda: netcash.mandates(token))] == ["2"]


def test_a_postback_never_leaves_this_machine(netcash, control):
    control.profile(postback_url="http://192.0.2.1/hook")
    netcash.add_mandate(orders.mandate())
    control.sign("CT-2026-00001")

    assert [one["outcome"] for one in control.picture()["postbacks"]] == [
        "not sent: the address is not on this machine"
    ]


def test_a_batch_nobody_authorised_lapses(netcash, control):
    netcash.upload(orders.batch())
    control.next_day(6)

    picture = control.picture()
    assert (picture["batches"][0]["status"], picture["movements"]) == (1, [])
    with pytest.raises(ValueError, match="cannot be authorised"):
        control.authorise(picture["batches"][0]["guid"])


def test_an_unpaid_comes_the_next_business_day_and_a_late_one_after_ten(netcash, control):
    run(netcash, control, orders.line("CT-1"), orders.line("CT-2", "1.00"), orders.line("CT-3"))
    control.set_result(1, "02")
    control.set_result(2, "12", is_late=True)
    control.next_day(5)
    assert returned(control) == []

    control.next_day(1)
    assert returned(control) == [("2026-01-20", "Debit order unpaid CT-1 - Code: 02", -59_900)]
    with pytest.raises(ValueError, match="came back already"):
        control.set_result(1, "")
    control.set_result(3, "30", is_late=True)
    control.next_day(10)
    assert returned(control)[1:] == [
        ("2026-01-29", "Debit order unpaid CT-2 - Code: 12", -100),
        ("2026-01-30", "Debit order unpaid CT-3 - Code: 30", -59_900),
    ]


def test_a_share_of_lines_fails_by_itself(netcash, control):
    control.switch(unpaid_percent=50)
    run(netcash, control, *(orders.line(f"CT-{number}") for number in range(8)))

    lines = control.picture()["batches"][0]["lines"]
    assert [line["reason"] for line in lines] == ["", "02", "", "04", "", "30", "", "12"]


def test_a_stopped_account_is_blocked_until_a_new_mandate_is_signed(netcash, control):
    run(netcash, control, orders.line("CT-1"))
    control.set_result(1, "04")
    control.next_day(7)

    def loaded():
        action_date = netcash.next_action_date(TODAY, orders.Instruction.TWO_DAY)
        token = netcash.upload(orders.batch(orders.line("CT-1"), action_date=action_date))
        return [one.words for one in orders.soon(lambda: netcash.load_report(token)).problems]

    assert loaded() == ["Account is blocked - Code: 60"]
    netcash.add_mandate(orders.mandate("CT-1"))
    control.sign("CT-1")
    assert loaded() == []


def test_the_balance_is_paid_out_and_comes_to_nought(netcash, control):
    run(netcash, control, orders.line())
    control.next_day(5)

    assert control.pay_out() == 59_900 - 150 - 23
    assert control.pay_out() == 0
    assert control.picture()["balance"] == 0


def test_clearing_keeps_keys_and_switches(netcash, control):
    netcash.upload(orders.batch())
    control.switch(fee_per_line=7)
    control.clear()

    picture = control.picture()
    assert (picture["batches"], picture["switches"]["fee_per_line"]) == ([], 7)
    assert all(verdict.is_valid for verdict in netcash.check_keys())


@pytest.mark.parametrize(
    "order",
    [
        {"act": "fly"},
        {"act": "switch", "values": {"no_such": 1}},
        {"act": "switch", "values": {"line_limit": "a"}},
        {"act": "switch", "values": {"line_limit": True}},
        {"act": "result", "line": 99, "reason": "02"},
        {"act": "sign", "reference": "CT-0"},
    ],
)
def test_what_it_does_not_understand_changes_nothing(control, order):
    before = control.picture()
    act = order.pop("act")

    with pytest.raises(ValueError, match="."):
        control._act(act, **order)
    assert control.picture() == before


@pytest.mark.parametrize(
    ("day", "is_business"),
    [
        (date(2026, 4, 3), False),  # Good Friday
        (date(2026, 4, 6), False),  # Family Day
        (date(2026, 8, 10), False),  # Women's Day fell on the Sunday
        (date(2026, 12, 16), False),
        (date(2026, 1, 17), False),  # a Saturday
        (date(2026, 1, 19), True),
        (date(2027, 3, 26), False),  # Good Friday of another year
    ],
)
def test_business_days_are_those_of_south_africa(day, is_business):
    assert bank_days.is_business_day(day) is is_business


def test_three_business_days_ahead_and_two_are_too_few():
    assert bank_days.earliest("TwoDay", TODAY) == TODAY + timedelta(days=5)
