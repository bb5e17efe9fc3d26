"""HTML into PDF with WeasyPrint, fetching nothing from anywhere.

A document may name only `data:` and `asset:` addresses; an asset is one of the files listed here.
By default WeasyPrint would read local files and call any address a text contains (its manual,
"Security"), and the texts on our documents were typed by people.

Equal HTML gives equal bytes: no clock, no random identifier. The fonts and the style sheet are
read once per process: building them anew costs several times the rendering itself.
"""

import atexit
import ctypes
import platform
import threading
from collections.abc import Callable, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.staticfiles import finders

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

STYLE_SHEET = "css/document.css"

# The files a document may use, by the name after `asset:`.
ASSETS = {
    "inter.woff2": "vendor/fonts/inter-latin-400-normal.woff2",
    "inter-bold.woff2": "vendor/fonts/inter-latin-600-normal.woff2",
    "inter-extended.woff2": "vendor/fonts/inter-latin-ext-400-normal.woff2",
    "bengali.woff2": "vendor/fonts/noto-sans-bengali-bengali-400-normal.woff2",
    "bengali-bold.woff2": "vendor/fonts/noto-sans-bengali-bengali-600-normal.woff2",
}
_FACES = """
@font-face { font-family: "Document Bangla"; src: url(asset:bengali.woff2); font-weight: 400 }
@font-face { font-family: "Document Bangla"; src: url(asset:bengali-bold.woff2); font-weight: 600 }
@font-face { font-family: "Document"; src: url(asset:inter.woff2); font-weight: 400 }
@font-face { font-family: "Document"; src: url(asset:inter-bold.woff2); font-weight: 600 }
@font-face { font-family: "Document Extended"; src: url(asset:inter-extended.woff2) }
"""

_LIBRARIES = {
    "Linux": ("libgobject-2.0.so.0", "libpango-1.0.so.0", "libpangoft2-1.0.so.0"),
    "Darwin": ("libgobject-2.0.dylib", "libpango-1.0.dylib", "libpangoft2-1.0.dylib"),
}
_rendering = threading.Lock()  # pango's font map is not made for several threads


class PdfUnavailable(RuntimeError):
    """This machine lacks the system libraries that PDF documents are made with."""


@cache
def is_available() -> bool:
    """Tell whether PDF documents can be made here; cheap, WeasyPrint itself is not loaded."""
    try:
        for name in _LIBRARIES.get(platform.system(), ()):
            ctypes.CDLL(name)
    except OSError:
        return False
    return True


def render(html: str, *, strip_width_mm: int = 0) -> bytes:
    """Return the PDF of a complete HTML document styled by `static/css/document.css`.

    With `strip_width_mm` the one page is as long as its content (a slip of a receipt printer).

    Raises PdfUnavailable where pango is missing. Takes 0.1 s a page at best, so it belongs in a
    worker and outside any transaction.
    """
    _check_available()
    weasyprint = _weasyprint()
    with _rendering:
        fonts, sheet = _ground()
        page = weasyprint.HTML(string=html, base_url="asset:", url_fetcher=_fetcher())
        sheets = [sheet]
        if strip_width_mm:
            first = page.render(stylesheets=sheets, font_config=fonts)
            sheets.append(_cut_to_length(first, strip_width_mm, fonts))
        target = BytesIO()
        page.write_pdf(target, stylesheets=sheets, font_config=fonts, pdf_variant="pdf/ua-1")
    return target.getvalue()


def render_many(pages: Sequence[str], *, told: Callable[[int], None] | None = None) -> bytes:
    """Return one PDF of several complete HTML documents, each laid out on its own.

    `told` hears how many are laid out so far. All layouts are held until the file is written, so
    a caller cuts thousands into parts. Raises PdfUnavailable, ValueError for no documents.
    """
    if not pages:
        raise ValueError("a file needs at least one document")
    _check_available()
    weasyprint = _weasyprint()
    documents = []
    for done, html in enumerate(pages, start=1):
        with _rendering:  # one at a time: others get their turn between two documents
            fonts, sheet = _ground()
            page = weasyprint.HTML(string=html, base_url="asset:", url_fetcher=_fetcher())
            documents.append(page.render(stylesheets=[sheet], font_config=fonts))
        if told is not None:
            told(done)
    target = BytesIO()
    with _rendering:
        whole = documents[0].copy([page for document in documents for page in document.pages])
        whole.write_pdf(target)
    return target.getvalue()


@cache
def style_sheet() -> str:
    """Return the text of the documents' style sheet (part of what a document shows)."""
    return _path(STYLE_SHEET).read_text(encoding="utf-8")


def _check_available() -> None:
    if not is_available():
        raise PdfUnavailable(
            "PDF documents need the system libraries of pango: as root, apt-get install "
            "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        )


def _weasyprint() -> Any:
    import weasyprint  # noqa: PLC0415 - half a second and 40 MB that web processes do without

    return weasyprint


@cache
def _ground() -> "tuple[FontConfiguration, CSS]":
    weasyprint = _weasyprint()
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    fonts = FontConfiguration()  # type: ignore[no-untyped-call]
    sheet = weasyprint.CSS(
        string=_FACES + style_sheet(), font_config=fonts, url_fetcher=_fetcher(), base_url="asset:"
    )
    atexit.register(_ground.cache_clear)  # the fonts' own clean-up fails once modules are gone
    return fonts, sheet


def _cut_to_length(document: Any, width_mm: int, fonts: "FontConfiguration") -> Any:
    """Return the style that makes a strip's page as long as what is on it."""
    page = document.pages[0]._page_box  # laid out on a page that is longer than any receipt
    used = page.children[0].margin_height() + page.margin_top + page.margin_bottom  # CSS pixels
    height_mm = used * 25.4 / 96 + 1
    return _weasyprint().CSS(
        string=f"@page strip {{ size: {width_mm}mm {height_mm:.1f}mm }}",
        font_config=fonts,
        url_fetcher=_fetcher(),
    )


@cache
def _fetcher() -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

    class OnlyOurs(URLFetcher):
        """Answers `data:` addresses and the assets above; refuses everything else."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if url.startswith("asset:"):
                name = url.removeprefix("asset:")
                if name not in ASSETS:
                    raise ValueError(f"not an asset of ours: {name}")
                content = _path(ASSETS[name]).read_bytes()
                return URLFetcherResponse(url, content)  # type: ignore[no-untyped-call]
            return super().fetch(url, headers)  # type: ignore[no-untyped-call]

    return OnlyOurs(  # type: ignore[no-untyped-call]
        allowed_protocols=("data",), allow_redirects=False
    )


def _path(name: str) -> Path:
    found = finders.find(name) or Path(settings.STATIC_ROOT) / name
    return Path(str(found))
