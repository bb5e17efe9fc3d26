"""Papers as people upload them."""

import io

from PIL import Image
from pypdf import PdfWriter


def pdf(change=None):
    """A PDF of one empty page; `change` does something to its writer first."""
    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    if change is not None:
        change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture(kind="PNG", size=(40, 20), mode="RGB", **options):
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new(mode, size, "#336699").save(out, format=kind, **options)
    return out.getvalue()
