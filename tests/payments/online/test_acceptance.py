"""The thirty cases of payment acceptance, one by one (F-19): what must not earn anything, and what
must although it looks odd.

Each row says what comes, the HTTP code we answer, what the books earn by it (money, in one entry a
payment), the state of the attempt, what is made of the message, and what the audit trail says,
exactly.
"""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from payments.online.models import PaymentAttempt
from tests.payments.online import acceptance_acts as act
from tests.payments.online.acceptance import Scene, unsigned

pytestmark = pytest.mark.django_db(transaction=True)

NOT_BELIEVED = ("gateway.message_refused",)
CONTRADICTED = ("attempt.contradicted",)
SETTLED = ("attempt.settled",)


@dataclass(frozen=True)
class Case:
    number: int
    words: str
    act: object  # of a scene; returns the answers to what was sent
    code: int
    earned: str
    state: str
    kept: str
    events: tuple[str, ...] = ()


def refused(number, words, alter):
    """A genuine notice, altered on its way, is kept and not believed."""
    return Case(number, words, act.altered(alter), 200, "0", "OPEN", "REFUSED", NOT_BELIEVED)


def answered(number, words, state, events, **fields):
    """A genuine notice, but the validation says something else."""
    return Case(number, words, act.answered(fields), 200, "0", state, "DONE", events)


def both(amount):
    return {"amount": amount, "currency_amount": amount}


CASES = [
    refused(1, "unsigned", unsigned),
    refused(2, "random sign",
            lambda f: f | {"verify_sign": "0" * 32, "verify_sign_sha2": "1" * 64}),
    Case(3, "the folded-key forgery", act.forge, 200, "0", "OPEN", "REFUSED", NOT_BELIEVED),
    refused(4, "missing verify_key", lambda f: f | {"verify_key": ""}),
    refused(5, "an absent key", lambda f: f | {"verify_key": f["verify_key"] + ",absent"}),
    refused(5, "duplicate keys",
            lambda f: f | {"verify_key": f["verify_key"] + "," + f["verify_key"]}),
    Case(5, "10,000 keys", act.ten_thousand_keys, 200, "0", "OPEN", "REFUSED", NOT_BELIEVED),
    Case(5, "10,000 keys and fields", act.ten_thousand_fields, 400, "0", "OPEN", ""),
    refused(6, "a cent less", lambda f: f | {"amount": "1149.99"}),
    refused(6, "a cent more", lambda f: f | {"amount": "1150.01"}),
    refused(6, "a hundredfold", lambda f: f | {"amount": "115000.00"}),
    refused(6, "a comma", lambda f: f | {"amount": "1,150.00"}),
    refused(6, "an exponent", lambda f: f | {"amount": "1.15e3"}),
    refused(6, "blank", lambda f: f | {"amount": ""}),
    answered(6, "validated: a cent less", "MISMATCH", ("attempt.mismatch",), **both("1149.99")),
    answered(6, "validated: a cent more", "MISMATCH", ("attempt.mismatch",), **both("1150.01")),
    answered(6, "validated: a hundredfold", "MISMATCH", ("attempt.mismatch",), **both("115000.00")),
    answered(6, "validated: a comma", "OPEN", CONTRADICTED, **both("1,150.00")),
    answered(6, "validated: an exponent", "OPEN", CONTRADICTED, **both("1.15e3")),
    answered(6, "validated: less than nothing", "OPEN", CONTRADICTED, **both("-1150.00")),
    answered(6, "validated: blank", "OPEN", CONTRADICTED, **both("")),
    refused(7, "dollars", lambda f: f | {"currency": "USD"}),
    answered(7, "validated: dollars", "MISMATCH", ("attempt.mismatch",), currency_type="USD"),
    refused(8, "another store", lambda f: f | {"store_id": "another"}),
    answered(8, "validated: another store", "OPEN", (), store_id="another"),
    Case(9, "a val_id of the sandbox, as its store signs", act.of_the_sandbox, 200, "0", "OPEN",
         "REFUSED", NOT_BELIEVED),
    Case(9, "a val_id of the sandbox, signed as ours", act.of_the_sandbox_signed, 200, "0", "OPEN",
         "DONE"),
    Case(10, "the val_id of another attempt", act.others_val_id, 200, "0", "OPEN", "DONE",
         CONTRADICTED),
    Case(11, "a val_id that has paid", act.used_val_id, 200, "0", "OPEN", "DONE", CONTRADICTED),
    Case(11, "a val_id that has paid, for its own attempt", act.again, 200, "0", "SETTLED", "DONE"),
    *(
        Case(12, f"tran_id {words}", act.altered(lambda f, order=order: f | {"tran_id": order}),
             200, "0", "OPEN", "UNKNOWN", NOT_BELIEVED)
        for words, order in (("unknown", "UNKNOWN"), ("empty", ""), ("too long", "x" * 400),
                             ("with a NUL", "a\x00b"), ("twice", ["A", "B"]))
    ),
    Case(12, "tran_id of another customer", act.others_order, 200, "0", "OPEN", "REFUSED",
         NOT_BELIEVED),
    Case(12, "tran_id as an array", act.order_as_array, 200, "0", "OPEN", "UNKNOWN", NOT_BELIEVED),
    Case(13, "FAILED, with its own valid val_id", act.failed_but_valid, 200, "1150", "SETTLED",
         "DONE", SETTLED),
    Case(13, "FAILED, with a valid val_id of another attempt", act.failed_with_others, 200, "0",
    "OPEN",
         "DONE", CONTRADICTED),
    refused(13, "FAILED, not signed so", lambda f: f | {"status": "FAILED"}),
    answered(14, "risk 1", "HELD", ("attempt.held",), risk_level="1"),
    answered(14, "risk 2", "HELD", ("attempt.held",), risk_level="2"),
    *(
        refused(15, f"{name} twice", lambda f, name=name: f | {name: [f[name], f[name]]})
        for name in ("status", "amount", "val_id", "verify_key")
    ),
    Case(16, "JSON", act.as_json, 200, "0", "OPEN", "UNKNOWN", NOT_BELIEVED),
    Case(17, "GET", act.fetched, 405, "0", "OPEN", ""),
    Case(18, "a megabyte", act.altered(lambda f: f | {"value_d": "x" * 1_000_000}), 413, "0",
         "OPEN", ""),
    Case(18, "a megabyte by the browser", act.large_return, 404, "0", "OPEN", ""),
    Case(19, "replay after a refund", act.replay_after_refund, 200, "0", "SETTLED", "DONE"),
    Case(19, "replay after a reversal", act.replay_after_reversal, 200, "0", "REVERSED", "DONE"),
    Case(20, "replay after the bill was made void", act.replay_after_void, 200, "0", "REVERSED",
         "DONE"),
    Case(20, "money for a bill made void is credit", act.money_for_a_void_bill, 200, "1150",
         "SETTLED", "DONE", SETTLED),
    Case(21, "replay a year later", act.replay_a_year_later, 200, "0", "SETTLED", "DONE"),
    Case(21, "the first notice a year later", act.notice_a_year_later, 200, "1150", "SETTLED",
         "DONE", SETTLED),
    Case(22, "the success page without a payment", act.success_page, 303, "0", "OPEN", "REFUSED",
         NOT_BELIEVED),
    Case(23, "the fail page after a payment", act.fail_page, 303, "1150", "SETTLED", "DONE",
         SETTLED),
    Case(23, "the fail page after it was credited", act.fail_page_afterwards, 303, "0", "SETTLED",
         "DONE"),
    answered(24, "validation says PENDING", "OPEN", (), status="PENDING"),
    answered(25, "validation answers for another tran_id", "OPEN", CONTRADICTED, tran_id="ANOTHER"),
    Case(26, "TLS error at validation", act.untrusted, 200, "0", "OPEN", "NEW"),
    Case(27, "the bill became less meanwhile", act.credited_meanwhile, 200, "1150", "SETTLED",
         "DONE", SETTLED),
    Case(27, "the bill was paid otherwise meanwhile", act.paid_meanwhile, 200, "1150", "SETTLED",
         "DONE", SETTLED),
    Case(28, "two attempts paid for one bill", act.two_for_one_bill, 200, "2300", "SETTLED", "DONE",
         SETTLED * 2),
    Case(29, "a part, then all of it", act.part_then_all, 200, "1650", "SETTLED", "DONE",
         SETTLED * 2),
    Case(30, "a customer in the archive", act.archived, 200, "1150", "SETTLED", "DONE", SETTLED),
    Case(30, "a suspended customer", act.suspended, 200, "1150", "SETTLED", "DONE", SETTLED),
]  # fmt: skip


@pytest.fixture
def scene(shop, tmp_path):
    return Scene(shop, tmp_path)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.number:02} {case.words}")
def test_each_case_earns_what_it_may_and_says_what_it_was(scene, case):
    answers = case.act(scene)

    assert {answer.status_code for answer in answers} == {case.code}
    earned, entries = scene.earned()
    assert (earned, entries) == (Decimal(case.earned), case.events.count("attempt.settled"))
    assert (scene.state(), scene.kept(), scene.events()) == (case.state, case.kept, case.events)
    assert PaymentAttempt.objects.get(pk=scene.attempt.pk).state == "OPEN" or (
        scene.watched.pk == scene.attempt.pk
    )


def test_all_thirty_stand_in_the_table():
    assert {case.number for case in CASES} == set(range(1, 31))
