"""PDF documents: what they may fetch, and that equal pages give equal bytes."""

import time
from io import BytesIO

import pytest
from pypdf import PdfReader

from ispbill.core import pdf

PAGE = "<!doctype html><html lang=en><head><title>T</title></head><body>{}</body></html>"


def text_of(content):
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def test_the_same_page_gives_the_same_bytes():
    page = PAGE.format("<p>Home 30 <strong>—</strong> হোম ৩০ ৳ 1,150.00</p>")
    first = pdf.render(page)
    time.sleep(1.1)  # whoever writes the time into a file writes whole seconds

    assert pdf.render(page) == first


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/hostname",
        "http://127.0.0.1:9/picture.png",
        "https://127.0.0.1:9/picture.png",
        "ftp://127.0.0.1/x",
        "asset:../settings.py",
        "asset:vendor/tabler/tabler.css",
    ],
)
def test_the_fetcher_refuses_everything_but_data_and_our_assets(address):
    with pytest.raises(ValueError, match=r"disallowed|not an asset"):
        pdf._fetcher().fetch(address)


def test_a_local_file_named_by_a_document_does_not_get_into_it(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret of this machine")
    page = PAGE.format(
        f'<p>Text</p><link rel=attachment href="{secret.as_uri()}">'
        f'<img src="{secret.as_uri()}" alt="picture"><object data="{secret.as_uri()}"></object>'
    )

    content = pdf.render(page)

    assert b"secret" not in content
    assert not PdfReader(BytesIO(content)).attachments


def test_a_strip_is_as_long_as_what_is_on_it():
    def lines(count):
        rows = "<p>row</p>" * count
        page = PAGE.replace("<body>", '<body class="document strip">').format(rows)
        return PdfReader(BytesIO(pdf.render(page, strip_width_mm=80)))

    short, long = lines(4), lines(40)

    assert (len(short.pages), len(long.pages)) == (1, 1)
    assert float(short.pages[0].mediabox.width) == pytest.approx(80 / 25.4 * 72, abs=0.5)
    assert long.pages[0].mediabox.height > 3 * short.pages[0].mediabox.height


def test_a_machine_without_pango_says_what_to_install(monkeypatch):
    monkeypatch.setattr(pdf, "_LIBRARIES", {pdf.platform.system(): ("no-such-library.so.0",)})
    pdf.is_available.cache_clear()

    try:
        with pytest.raises(pdf.PdfUnavailable, match="libpango"):
            pdf.render(PAGE.format("x"))
    finally:
        monkeypatch.undo()
        pdf.is_available.cache_clear()
