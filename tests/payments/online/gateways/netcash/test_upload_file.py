"""The debit-order file, read back by the simulator's own reader."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ispbill.devtools.sandbox.netcash import uploads
from payments.online.gateways.netcash import upload_file
from payments.online.gateways.netcash.contract import AccountKind, Instruction, NetcashRefused
from tests.payments.online.gateways.netcash import orders
from tests.payments.online.gateways.netcash.conftest import TODAY

KEY = "11111111-1111-4111-8111-111111111111"
VENDOR = "24ade73c-98cf-47b3-99be-cc7b867b3080"
TEXTS = st.text(st.characters(codec="utf-8"), min_size=0, max_size=60)
NAMES = TEXTS.filter(lambda text: upload_file.plain(text))


def judged(text, **changes):
    told = {
        "service_key": KEY,
        "today": TODAY,
        "master_file": {},
        "blocked": {},
        "limits": (0, 0, 0),
        "booked": {},
        **changes,
    }
    return uploads.judge(text, **told)


def written(*lines, **changes):
    return upload_file.write(orders.batch(*lines, **changes), service_key=KEY, vendor_key=VENDOR)


@st.composite
def _lines(draw):
    count = draw(st.integers(1, 6))
    return [
        orders.line(
            f"CT-{number:05}",
            amount=str(draw(st.decimals("0.01", "99999.99", places=2))),
            name=draw(NAMES),
            bank=orders.bank(
                number=draw(st.sampled_from(["62001234567", "4000000000", "0011"])),
                holder=draw(NAMES),
                kind=draw(st.sampled_from(AccountKind)),
            ),
            extras=tuple(draw(st.lists(TEXTS, max_size=3))),
        )
        for number in range(count)
    ]


@given(_lines(), NAMES)
def test_what_is_written_is_what_is_read(lines, name):
    upload = judged(written(*lines, name=name))

    assert (upload.refusal, upload.file_errors, upload.line_errors) == ("", [], [])
    assert upload.name == upload_file.plain(name)
    assert upload.total == sum(line.amount for line in lines) * 100
    assert [
        (one["reference"], one["name"], Decimal(one["cents"]) / 100, one["account"], one["extras"])
        for one in upload.lines
    ] == [
        (
            line.account_reference,
            upload_file.plain(line.name),
            line.amount,
            line.bank.number,
            ([upload_file.plain(text) for text in line.extras] + ["", "", ""])[:3],
        )
        for line in lines
    ]


def test_a_name_cannot_add_a_field_a_line_or_a_footer():
    evil = "Nomsa\tX\nT\tCT-2\nF\t9\t1\t9999\r\x00\u2028Dlamini"
    text = written(orders.line(name=evil, extras=("a\tb", "c\nd")))

    assert len(text.splitlines()) == 4
    assert {row.count("\t") for row in text.splitlines()[1:3]} == {12}
    assert upload_file.plain(evil) == "Nomsa X T CT-2 F 9 1 9999 Dlamini"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reference": "A"}, "the reference must have 2 to 22 letters and digits"),
        ({"reference": "A" * 23}, "the reference must have 2 to 22 letters and digits"),
        ({"reference": "CT\t1"}, "the reference must have 2 to 22 letters and digits"),
        ({"name": " \t"}, "the name is empty"),
        ({"bank": None}, "the bank details are missing"),
        ({"bank": orders.bank(number="12a4")}, "the account number must have 4 to 11 digits"),
        ({"bank": orders.bank(branch_code="25065")}, "the branch code must have 6 digits"),
        ({"bank": orders.bank(holder="\n")}, "the account holder is empty"),
        ({"extras": ("a", "b", "c", "d")}, "more than three extra texts"),
    ],
)
def test_a_line_that_cannot_go_is_named_before_anything_is_sent(changes, words):
    reference = changes.get("reference", "CT-2026-00001")
    with pytest.raises(NetcashRefused) as caught:
        written(orders.line(**changes))

    assert caught.value.details == (f"{reference}: {words}",)


def test_the_same_reference_twice_and_an_empty_batch_are_refused():
    with pytest.raises(NetcashRefused, match="CT-1: twice in the batch"):
        written(orders.line("CT-1"), orders.line("ct-1"))
    with pytest.raises(NetcashRefused, match="the batch has no name"):
        written(name="\t")
    with pytest.raises(NetcashRefused, match="the batch has no lines"):
        upload_file.write(
            type(orders.batch())(
                name="x", instruction=Instruction.TWO_DAY, action_date=TODAY, lines=()
            ),
            service_key=KEY,
            vendor_key=VENDOR,
        )


def test_a_compact_file_has_references_and_cents_alone():
    text = written(orders.line(bank=None, amount="0.07"), instruction=Instruction.COMPACT_TWO_DAY)

    assert text.splitlines()[1:] == [
        "K\t101\t162\t301\t302\t303",
        "T\tCT-2026-00001\t7\t17\t\t",
        "F\t1\t7\t9999",
    ]


def test_two_lines_of_one_reference_are_refused_with_their_own_texts():
    text = written(orders.line("CT-1"), orders.line("CT-2")).replace("T\tCT-2", "T\tct-1")

    upload = judged(text)

    said = "Duplicate account reference in T (transaction) records"
    assert (upload.has_twins, upload.file_errors) == (True, [])
    assert upload.line_errors == [("ct-1", 4, said, ["17", "", ""])]


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("F\t1\t59900", "F\t2\t59900", "Number of records does not match the footer"),
        ("F\t1\t59900", "F\t1\t599", "Total amount does not match the footer"),
        ("F\t1\t59900\t9999", "F\t1\t59900\t9998", "Footer record is not valid"),
        ("20260119", "20260116", "Action date is not valid for this instruction"),
        ("20260119", "20260124", "Action date is not valid for this instruction"),
        ("\t162", "\t163", "Key record is not valid: 163 162"),
    ],
)
def test_the_simulator_finds_what_a_bank_would_find(old, new, error):
    upload = judged(written().replace(old, new))

    assert upload.file_errors == [error]


@pytest.mark.parametrize(
    ("limits", "booked", "code"),
    [
        ((59_900, 0, 0), {}, ""),
        ((59_899, 0, 0), {}, "318"),
        ((0, 59_900, 0), {"2026-01-19": 1}, "319"),
        ((0, 0, 59_899), {}, "320"),
    ],
)
def test_limits_are_kept_to_the_cent(limits, booked, code):
    assert judged(written(), limits=limits, booked=booked).refusal == code
