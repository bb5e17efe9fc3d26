"""The client against the simulator, over a real socket."""

from datetime import date
from decimal import Decimal

import pytest

from payments.online.gateways.netcash import sandbox
from payments.online.gateways.netcash.client import Netcash
from payments.online.gateways.netcash.contract import (
    AccountKind,
    Authorisation,
    BatchStatus,
    Instruction,
    Keys,
    LoadOutcome,
    MandateState,
    NetcashDown,
    NetcashRefused,
    Service,
    WrongKey,
)
from tests.factories.netcash import client_of
from tests.payments.online.gateways.netcash import orders


def loaded(netcash, *lines, **changes):
    token = netcash.upload(orders.batch(*lines, **changes))
    return orders.soon(lambda: netcash.load_report(token))


def only_batch(netcash):
    (row,) = netcash.batches(date(2026, 1, 1), date(2026, 12, 31))
    return row


def told(netcash, day):
    token = netcash.ask_statement(day)
    return orders.soon(lambda: netcash.statement(token))


def test_every_key_is_tried_and_a_wrong_one_is_named(netcash, tmp_path):
    assert [(v.service, v.is_valid) for v in netcash.check_keys()] == [
        (Service.ACCOUNT, True),
        (Service.DEBIT_ORDER, True),
        (Service.VALIDATION, True),
    ]
    base_url, keys = sandbox.address(tmp_path)
    swapped = Netcash(
        keys=Keys(account=keys.debit_order, debit_order="11111111-1111-4111-8111-111111111111"),
        base_url=base_url,
    )
    assert [(v.service, v.is_valid, v.code) for v in swapped.check_keys()] == [
        (Service.ACCOUNT, False, "311"),
        (Service.DEBIT_ORDER, False, "100"),
    ]
    with pytest.raises(WrongKey) as caught:
        swapped.upload(orders.batch())
    assert (caught.value.service, caught.value.code) == (Service.DEBIT_ORDER, "100")
    with pytest.raises(WrongKey, match="missing"):
        swapped.validate_account("4000000000", "250655", AccountKind.CURRENT)


def test_keys_are_in_no_words_of_an_object(tmp_path, server):
    _base_url, keys = sandbox.address(tmp_path)

    assert keys.debit_order not in repr(keys)
    assert keys.account not in repr(keys)
    assert orders.bank().number not in repr(orders.bank())


@pytest.mark.parametrize(
    ("number", "branch", "code"),
    [
        ("4000000000", "250655", "0"),
        ("62001234567", "250655", "0"),
        ("62001234566", "250655", "2"),
        ("62001234567", "999999", "1"),
        ("4000000003", "250655", "3"),
        ("12", "250655", "4"),
    ],
)
def test_an_account_number_is_judged_by_its_digits(netcash, number, branch, code):
    verdict = netcash.validate_account(number, branch, AccountKind.CURRENT)

    assert (verdict.code, verdict.is_valid) == (code, code == "0")


def test_a_mandate_is_asked_for_signed_and_found(netcash, control):
    asked = netcash.add_mandate(orders.mandate(extras=("17", "x & <y>")))
    assert asked.url.endswith(f"/mandate/{asked.tracking}")
    control.sign("CT-2026-00001")

    token = netcash.ask_mandates()
    assert netcash.mandates(token) is None
    (row,) = netcash.mandates(token)

    assert (row.state, row.account_reference) == (MandateState.ACCEPTED, "CT-2026-00001")
    assert (row.amount, row.field1) == (Decimal("599.00"), "17")
    assert row.agreement_reference == "AG-CT-2026-00001"
    (kept,) = control.picture()["mandates"]
    assert (kept["MandateAmount"], kept["Field2"]) == ("599.00", "x & <y>")


def test_a_mandate_that_is_refused_says_why(netcash):
    netcash.add_mandate(orders.mandate())

    with pytest.raises(NetcashRefused) as caught:
        netcash.add_mandate(orders.mandate())
    assert (caught.value.code, caught.value.details) == (
        "203",
        ("AccountReference already has a mandate",),
    )
    with pytest.raises(NetcashRefused, match="0825551234"):
        netcash.add_mandate(orders.mandate("CT-2", mobile="+27825551234"))


@pytest.mark.parametrize(
    ("day", "instruction", "first"),
    [
        (date(2026, 1, 14), Instruction.TWO_DAY, date(2026, 1, 19)),
        (date(2026, 1, 24), Instruction.TWO_DAY, date(2026, 1, 26)),
        (date(2026, 4, 3), Instruction.TWO_DAY, date(2026, 4, 7)),  # Good Friday to Tuesday
        (date(2026, 1, 14), Instruction.SAME_DAY, date(2026, 1, 14)),
    ],
)
def test_the_next_action_date_keeps_off_weekends_and_holidays(netcash, day, instruction, first):
    assert netcash.next_action_date(day, instruction) == first


def test_a_batch_goes_from_the_file_to_the_statement(netcash, control):
    report = loaded(netcash, orders.line("CT-1"), orders.line("CT-2", "0.07", extras=("18",)))
    assert (report.outcome, report.total) == (LoadOutcome.LOADED, Decimal("599.07"))
    batch = only_batch(netcash)
    assert (batch.status, batch.volume, batch.value) == (
        BatchStatus.UNAUTHORISED,
        2,
        Decimal("599.07"),
    )

    assert netcash.authorise(batch.guid).outcome is Authorisation.DONE
    assert only_batch(netcash).status is BatchStatus.AUTHORISED
    control.set_result(2, "02")
    control.next_day(5)
    assert only_batch(netcash).status is BatchStatus.PROCESSED
    assert told(netcash, date(2026, 1, 14)).is_unchanged
    control.next_day(2)

    statement = told(netcash, date(2026, 1, 14))
    assert [(one.code, one.amount, one.extras[0], one.reason) for one in statement.lines] == [
        ("OBL", Decimal("0.00"), "", ""),
        ("TDD", Decimal("599.00"), "17", ""),
        ("TDD", Decimal("0.07"), "18", ""),
        ("NSF", Decimal("-3.00"), "", ""),
        ("VAT", Decimal("-0.45"), "", ""),
        ("CBL", Decimal("595.62"), "", ""),
        ("OBL", Decimal("595.62"), "", ""),
        ("DRU", Decimal("-0.07"), "18", "02"),
        ("CBL", Decimal("595.55"), "", ""),
    ]
    assert statement.difference == 0
    keys = [one.key for one in statement.lines if one.code not in {"OBL", "CBL"}]
    assert len(set(keys)) == len(keys)
    assert told(netcash, date(2026, 1, 14)).lines == statement.lines


def test_a_statement_of_a_day_that_is_not_over_is_refused(netcash):
    with pytest.raises(NetcashRefused) as caught:
        netcash.ask_statement(date(2026, 1, 14))
    assert caught.value.code == "102"


def test_a_bad_account_is_named_by_its_line_and_the_others_go(netcash):
    bad = orders.line("CT-2", bank=orders.bank(number="62001234566"))

    report = loaded(netcash, orders.line("CT-1"), bad)

    assert report.outcome is LoadOutcome.LOADED_WITH_ERRORS
    ((reference, line),) = [(one.account_reference, one.line) for one in report.problems]
    assert (reference, line) == ("CT-2", 4)
    assert only_batch(netcash).value == Decimal("599.00")


def test_a_date_too_near_refuses_the_whole_file(netcash):
    report = loaded(netcash, action_date=date(2026, 1, 16))

    assert report.outcome is LoadOutcome.REFUSED
    assert [one.words for one in report.problems] == [
        "Action date is not valid for this instruction"
    ]
    assert netcash.batches(date(2026, 1, 1), date(2026, 12, 31)) == []


@pytest.mark.parametrize(
    ("switch", "code"), [("line_limit", "318"), ("day_limit", "319"), ("batch_limit", "320")]
)
def test_a_limit_is_a_refusal_with_its_code(netcash, control, switch, code):
    control.switch(**{switch: 59_899})

    with pytest.raises(NetcashRefused) as caught:
        netcash.upload(orders.batch())
    assert caught.value.code == code


def test_authorising_by_hand_is_an_answer_and_not_an_error(netcash, control):
    control.switch(authorise_by_hand=True)
    loaded(netcash)
    guid = only_batch(netcash).guid

    authorised = netcash.authorise(guid)
    assert (authorised.outcome, authorised.code) == (Authorisation.BY_HAND, "322")
    assert only_batch(netcash).status is BatchStatus.UNAUTHORISED
    control.authorise(guid)
    assert only_batch(netcash).status is BatchStatus.AUTHORISED


def test_a_batch_that_is_not_there_and_an_id_that_is_none_are_refused(netcash):
    with pytest.raises(NetcashRefused) as caught:
        netcash.authorise("11111111-1111-4111-8111-111111111111")
    assert caught.value.code == "320"
    with pytest.raises(NetcashRefused):
        netcash.authorise("1; drop")


def test_a_compact_batch_finds_its_account_in_a_signed_mandate(netcash, control):
    netcash.add_mandate(orders.mandate("CT-1"))
    control.sign("CT-1")
    lines = [orders.line("CT-1", bank=None), orders.line("CT-2", bank=None)]

    report = loaded(netcash, *lines, instruction=Instruction.COMPACT_TWO_DAY)

    assert [(one.account_reference, one.words) for one in report.problems] == [
        ("CT-2", "Account reference was not found in the master file")
    ]


def test_nothing_is_sent_without_tls_beyond_this_machine():
    for url in ("http://ws.netcash.co.za", "ftp://127.0.0.1", "https://", "ws.netcash.co.za"):
        with pytest.raises(ValueError, match="https"):
            Netcash(keys=Keys(), base_url=url)


def test_a_simulator_that_is_not_running_is_certain_nothing(tmp_path, server):
    netcash = client_of(tmp_path)
    server.close()

    with pytest.raises(NetcashDown) as caught:
        netcash.ask_mandates()
    assert not caught.value.was_sent
    with pytest.raises(NetcashDown):
        client_of(tmp_path)
