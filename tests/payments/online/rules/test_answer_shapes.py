import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.online.rules.answer_shapes import OTHER_NAME, Known, news, shape

KNOWN = Known(frozenset({"status", "amount"}), {"status": frozenset({"VALID"})})
SECRETS = [
    "01711000001", "+8801711000001", "amina@demo.test", "Amina Begum", "450850******4050",
    "4111111111111111", "eyJraWQiOiJvTVJz.abc", "আমিনা বেগম", "https://x.test/?token=abc",
    "1150.00", "BC690GXCDF",
]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("", "empty"),
        ("1150.00", "amount with two decimals"),
        ("97.5", "decimal"),
        ("12", "whole number"),
        ("20230213110541", "14 digits"),
        ("2026-06-14 15:18:05", "moment"),
        ("2022-12-05 18:08:21.0", "moment"),
        ("2024-03-06T13:17:26:824 GMT+0600", "moment with zone"),
        ("https://x.test/a", "address"),
        ("dc1da4f52669828139e8", "hexadecimal"),
        ("Amina Begum", "text"),
        (3600, "number"),
        (None, "null"),
        (True, "true or false"),
    ],
)
def test_a_value_becomes_how_it_is_written(value, kind):
    assert shape({"a": value}, coded={"status"}) == {"a": kind}


def test_states_and_codes_stay_and_rows_of_one_form_are_one():
    answer = {"status": "VALID", "rows": [{"status": "FAILED"}] * 3 + [{"status": "VALID"}]}

    assert shape(answer, coded={"status"}) == {
        "status": "=VALID",
        "rows": [{"status": "=FAILED"}, {"status": "=VALID"}],
    }


@pytest.mark.parametrize("secret", SECRETS)
def test_nothing_of_anybodys_is_left_wherever_it_stands(secret):
    answer = {"amount": secret, "inside": {"rows": [{"value": secret}, secret]}, "more": [[secret]]}

    assert secret not in json.dumps(shape(answer, coded={"status"}), ensure_ascii=False)


@pytest.mark.parametrize("secret", ["01711000001", "amina@demo.test", "tok 01711000001", "x" * 25])
def test_a_state_that_is_none_is_kept_as_its_form_only(secret):
    assert not shape({"status": secret}, coded={"status"})["status"].startswith("=")


def test_a_name_that_may_be_somebodys_is_not_kept():
    assert shape({"amina@demo.test": "x", "01711000001": "y"}, coded=()) == {OTHER_NAME: "text"}


def test_news_are_fields_and_states_never_seen_each_once():
    form = shape(
        {"status": "HELD", "amount": "1.00", "rows": [{"fresh": 1, "status": "VALID"}] * 2},
        coded={"status"},
    )

    assert news(form, KNOWN) == ["field fresh", "field rows", "status: HELD"]
    assert news(shape({"status": "VALID"}, coded={"status"}), KNOWN) == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(json_values)
def test_every_answer_has_a_form_that_can_be_kept(answer):
    form = shape(answer, coded={"status"})

    json.dumps(form)
    news(form, KNOWN)
