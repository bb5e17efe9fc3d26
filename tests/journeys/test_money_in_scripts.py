"""What the browser makes of an amount is what the server makes of it."""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from ispbill.core import formats
from ispbill.core.money import parse_amount

SCRIPTS = Path(settings.BASE_DIR) / "static" / "js"
AMOUNTS = ["0", "0.05", "7", "999.99", "1000", "12345.6", "100000", "1234567.5", "99999999.99"]
TYPED = [
    "1,234.50", "12,34,567.50", "1 234,50", "12,5", "৳ ১,২৩৪.৫০", "Tk 500/-", "R 1 234,00", "7",
]  # fmt: skip


@pytest.fixture
def page(chromium):
    page = chromium.new_page()
    page.add_script_tag(path=SCRIPTS / "money.js")
    yield page
    page.close()


@pytest.mark.parametrize("hides_zeros", [True, False])
@pytest.mark.parametrize("is_bangla", [True, False])
@pytest.mark.parametrize("name", formats.STYLES)
def test_the_browser_writes_amounts_as_the_server_does(page, name, is_bangla, hides_zeros):
    style = replace(formats.STYLES[name], bangla_digits=is_bangla, hide_zero_decimals=hides_zeros)
    amounts = [Decimal(text) for text in (*AMOUNTS, "-1234.5")]

    written = page.evaluate(
        "([all, style]) => all.map((one) => window.ispbill.money.written(one, style))",
        [[int(amount * 100) for amount in amounts], style.__dict__],
    )

    assert written == [formats.money(amount, style) for amount in amounts]


def test_the_browser_reads_amounts_as_the_server_does(page):
    read = page.evaluate("(all) => all.map(window.ispbill.money.cents)", TYPED)

    assert read == [int(parse_amount(text) * 100) for text in TYPED]


def test_no_other_script_writes_numbers_by_itself():
    own = re.compile(r"toLocaleString|toFixed|Intl\.|padEnd\(2|padStart\(2")
    found = [path.name for path in sorted(SCRIPTS.glob("*.js")) if own.search(path.read_text())]

    assert found == ["money.js"]
