"""A receipt on a printer of 58 or 80 mm: a picture in ESC/POS, as the printer would read it."""

from pathlib import Path

import pytest
from django.conf import settings

SCRIPT = Path(settings.BASE_DIR) / "static" / "js" / "field-print.js"
BEGIN, RASTER, FEED = b"\x1b\x40", b"\x1d\x76\x30\x00", b"\x1b\x64"
# A USB printer as the page sees one; what it is sent lies in `printed`.
PRINTER = """
window.printed = [];
const end = { direction: "out", endpointNumber: 2 };
const face = { interfaceNumber: 0, alternate: { interfaceClass: 7, endpoints: [end] } };
const device = {
  configuration: null, isOpen: false,
  async open() { this.isOpen = true; },
  async close() { this.isOpen = false; },
  async selectConfiguration() { this.configuration = { interfaces: [face] }; },
  async claimInterface() {},
  async transferOut(number, bytes) { window.printed.push([number, [...bytes]]); },
};
Object.defineProperty(navigator, "usb", { value: {
  getDevices: async () => [], requestDevice: async () => device,
} });
"""


@pytest.fixture
def page(chromium):
    page = chromium.new_page()
    page.add_init_script(PRINTER)
    page.goto("about:blank")
    page.add_script_tag(path=SCRIPT)
    yield page
    page.close()


def read(content):
    """Return the rows of dots a printer makes of ESC/POS bytes; fail for what it does not know."""
    assert content.startswith(BEGIN)
    at, rows = 2, []
    while content[at : at + 4] == RASTER:
        across = content[at + 4] + 256 * content[at + 5]
        down = content[at + 6] + 256 * content[at + 7]
        body = content[at + 8 : at + 8 + across * down]
        rows += [body[one * across : (one + 1) * across] for one in range(down)]
        at += 8 + across * down
    assert content[at : at + 2] == FEED
    assert len(content) == at + 3
    return rows


@pytest.mark.parametrize(("paper", "across"), [("58", 48), ("80", 72)])
def test_a_receipt_is_printed_as_a_picture_as_wide_as_the_paper(page, paper, across):
    lines = [
        {"text": "Demo Net", "isLarge": True},
        {"text": "PR-K7Q2-00017-H"},
        {"text": "গ্রাহক: আমিনা বেগম, বাড়ি ১২, রোড ৪, মিরপুর, ঢাকা, বাংলাদেশ"},
    ]
    page.evaluate(
        "([lines, paper]) => window.ispbill.printer.print(lines, paper, 'usb')", [lines, paper]
    )
    [(number, sent)] = page.evaluate("window.printed")
    rows = read(bytes(sent))
    assert number == 2
    assert {len(row) for row in rows} == {across}
    black = [any(row) for row in rows]
    assert not black[0]  # a margin above, words below, nothing cut off at the end
    assert 40 < sum(black) < len(rows)
    assert not black[-1]


def test_dots_are_bits_and_the_left_one_is_the_highest(page):
    sent = page.evaluate("""() => {
      const data = new Uint8ClampedArray(16 * 1 * 4).fill(255);
      [0, 1, 15].forEach((dot) => data.fill(0, dot * 4, dot * 4 + 3));
      return [...window.ispbill.printer.escpos({ data, width: 16, height: 1 })];
    }""")
    assert read(bytes(sent)) == [bytes([0b11000000, 0b00000001])]
