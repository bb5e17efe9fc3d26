"""Reports and statements as Netcash writes them, in all the shapes that were seen."""

import contextlib
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.online.gateways.netcash import reports, statements
from payments.online.gateways.netcash.contract import (
    BatchStatus,
    LoadOutcome,
    LoadProblem,
    MandateState,
    NetcashDown,
)

GOOD = "###BEGIN\tRun 1\tSUCCESSFUL\t13:59\tR599.00\t20260114\r\n###END\t13:59"
SPACED = """###BEGIN MY UNSUCCESSFUL RUN SUCCESSFUL WITH ERRORS 01:29 PM R1.00 20160410
Acc Ref :XI5 Line :3 Account details could not be validated.
Acc Ref :HCOS1\tLine :5\tReference has incorrect length (min 4, max 20 characters)\t
###ERROR: Action date is not valid for this instruction R0.00 20160410
###END 01:29 PM
"""
STATEMENT = "\r\n".join(
    "\t".join(row)
    for row in (
        ("2026-01-19", "OBL", "0", "Opening Balance", "100.0000", "+", "0"),
        ("2026-01-19", "TDD", "1", "Debit Order", "599.0000", "+", "0", "17", "", "", "Debtors"),
        ("20260119", "DRU", "4", "Debit order unpaid", "-Code:2", "599.0000", "-", "0", "17"),
        ("2026/01/19", "DRU", "5", "Unpaid CT-1 - Code: 30", "R1 500.00", "-", "0"),
        ("2026-01-19", "nsf", "18", "Service fee", "1.505", "-", "0.0000"),
        ("2026-01-19", "CBL", "0", "Closing Balance", "-1401.51", "-", "0"),
    )
)


def test_a_load_report_with_tabs_is_read():
    report = reports.load_report(GOOD)

    assert (report.batch_name, report.outcome) == ("Run 1", LoadOutcome.LOADED)
    assert (report.total, report.day) == (Decimal("599.00"), date(2026, 1, 14))
    assert report.problems == ()


def test_the_texts_a_line_came_with_are_not_taken_for_words():
    # As in the public recordings of the Ruby client netcash_api.
    said = "Duplicate account reference in T (transaction) records"
    row = f"Acc Ref :1158\tLine :6\t{said}\t78492\tENV:STAGING"

    report = reports.load_report(
        f"###BEGIN\t87\tUNSUCCESSFUL\t09:33\tR16672.00\t20201006\n{row}\n\n###END\t09:33\n"
    )

    assert report.outcome is LoadOutcome.REFUSED
    assert report.problems == (LoadProblem("1158", 6, said),)


def test_a_load_report_with_spaces_and_errors_is_read():
    report = reports.load_report(SPACED.replace("\n", "&#xD;\n"))

    assert report.batch_name == "MY UNSUCCESSFUL RUN"
    assert report.outcome is LoadOutcome.LOADED_WITH_ERRORS
    assert (report.total, report.day) == (Decimal("1.00"), date(2016, 4, 10))
    assert report.problems == (
        LoadProblem("XI5", 3, "Account details could not be validated."),
        LoadProblem("HCOS1", 5, "Reference has incorrect length (min 4, max 20 characters)"),
        LoadProblem("", None, "Action date is not valid for this instruction"),
    )


def test_a_total_that_might_be_cents_is_no_total():
    assert reports.load_report(GOOD.replace("R599.00", "59900")).total is None


@pytest.mark.parametrize(
    "text", ["", "###END", "hello", GOOD.replace("###END\t13:59", ""), GOOD.replace("###BEGIN", "")]
)
def test_a_load_report_that_is_cut_off_is_none(text):
    with pytest.raises(NetcashDown):
        reports.load_report(text)


def test_mandates_are_read_and_an_unheard_of_state_is_unknown():
    row = [""] * 43
    row[:4] = ["6", "CT-1", "Nomsa Dlamini", "1000.0000"]
    row[15], row[30] = "AG-1", "17"
    text = "\r\n".join(("###BEGIN\t20260114", "\t".join(row), "99\tCT-2", "x\ty", "###END"))

    signed, odd = reports.mandates(text)

    assert (signed.state, signed.account_reference) == (MandateState.ACCEPTED, "CT-1")
    assert (signed.amount, signed.agreement_reference, signed.field1) == (
        Decimal("1000.00"),
        "AG-1",
        "17",
    )
    assert (odd.state, odd.code, odd.account_reference) == (MandateState.UNKNOWN, "99", "CT-2")
    with pytest.raises(NetcashDown):
        reports.mandates(text.replace("###END", ""))


def test_batches_are_read_and_never_is_1900():
    never = "1900-01-01 00:00:00"
    rows = (
        ("k", "g-1", "Run 1", "1", "3", "1350.00", "2026-01-14 06:00:00", never, never),
        ("k", "g-2", "Run 0", "4", "2", "552", "2026-01-13 09:00:00", "2026-01-13 10:00:00", never),
        ("k", "g-3", "Run 9", "77", "1", "1.00"),
    )
    waiting, done, odd = reports.batches("\n".join("\t".join(row) for row in rows))

    assert (waiting.guid, waiting.status, waiting.volume) == ("g-1", BatchStatus.UNAUTHORISED, 3)
    assert (waiting.value, waiting.authorised_at) == (Decimal("1350.00"), None)
    assert waiting.created_at == datetime(2026, 1, 14, 4, tzinfo=UTC)
    assert done.status is BatchStatus.PROCESSED
    assert done.authorised_at == datetime(2026, 1, 13, 8, tzinfo=UTC)
    assert odd.status is BatchStatus.UNKNOWN
    assert reports.batches("") == []
    with pytest.raises(NetcashDown):
        reports.batches("<html>")


def test_a_statement_is_read_with_reasons_signs_and_its_own_proof():
    read = statements.statement(STATEMENT)

    assert [(one.code, one.transaction_id, one.amount, one.reason) for one in read.lines] == [
        ("OBL", "0", Decimal("100.00"), ""),
        ("TDD", "1", Decimal("599.00"), ""),
        ("DRU", "4", Decimal("-599.00"), "02"),
        ("DRU", "5", Decimal("-1500.00"), "30"),
        ("NSF", "18", Decimal("-1.51"), ""),
        ("CBL", "0", Decimal("-1401.51"), ""),
    ]
    assert {one.day for one in read.lines} == {date(2026, 1, 19)}
    assert read.lines[2].extras == ("17", "", "")
    assert read.lines[1].ledger == "Debtors"
    assert read.difference == 0
    assert read.unread == ()


def test_a_line_that_cannot_be_read_is_kept_for_a_person():
    read = statements.statement(f"{STATEMENT}\n2026-13-01\tTDD\t9\tx\t1.00\t+\t0")

    assert len(read.lines) == 6
    assert read.unread == ("2026-13-01\tTDD\t9\tx\t1.00\t+\t0",)
    with pytest.raises(NetcashDown):
        statements.statement("Service unavailable")


@st.composite
def _spoilt(draw, text):
    raw = bytearray(text.encode())
    for _spot in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(raw) - 1))
        match draw(st.integers(0, 2)):
            case 0:
                raw[at] = draw(st.integers(0, 255))
            case 1:
                del raw[at : at + draw(st.integers(1, 40))]
            case _:
                raw[at:at] = draw(st.binary(max_size=10))
        raw = raw or bytearray(b"\t")
    return raw.decode("utf-8", "replace")


@given(st.sampled_from([STATEMENT, GOOD, SPACED]).flatmap(_spoilt))
def test_spoilt_files_are_read_or_refused_and_never_more(text):
    for read in (statements.statement, reports.load_report, reports.mandates, reports.batches):
        with contextlib.suppress(NetcashDown):
            read(text)


@given(_spoilt(STATEMENT))
def test_no_line_of_a_spoilt_statement_is_lost_in_silence(text):
    try:
        read = statements.statement(text)
    except NetcashDown:
        return
    told = [row for row in reports.lines(text) if not row.startswith("###")]
    assert len(read.lines) + len(read.unread) == len(told)
    assert all(line.amount.is_finite() for line in read.lines)
