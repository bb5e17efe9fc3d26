"""What is kept of a router's answers says nothing of people."""

import pytest

from network.rules import scrubbing


def test_a_row_keeps_its_columns_and_states_and_loses_names_and_passwords():
    row = {
        ".id": "*1F", "name": "amina-01", "password": "hush", "caller-id": "C0:25:E9:AA:00:1B",
        "comment": "আমিনা 01711000001", "service": "pppoe", "brand-new": "Flat 7, Mirpur",
    }  # fmt: skip

    assert scrubbing.scrubbed(row) == {
        ".id": "*1F",
        "name": "xxxxx-99",
        "password": "***",
        "caller-id": "x9:99:x9:xx:99:9x",
        "comment": "xxxxx 99999999999",
        "service": "pppoe",
        "brand-new": "xxxx 9, xxxxxx",
    }


@pytest.mark.parametrize("value", ["é", "١٢", "字", "x" * 500, ""])
def test_no_letter_or_figure_of_any_script_is_left(value):
    assert set(scrubbing.shape(value)) <= {"x", "9"}
    assert len(scrubbing.shape(value)) <= 120
