"""What people upload: judged by its bytes, written anew, and refused when it does more."""

import io
import struct
import zlib

import pytest
from django import forms
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import FileField
from PIL import Image
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from ispbill.core.uploads import FileRefused, Kind, UploadField, paper
from tests.factories.papers import pdf, picture

MOST = 5 * 1024 * 1024


def kept(content):
    return paper(content, most_bytes=MOST)


def opened(content):
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGB"), ("PNG", "P"), ("JPEG", "RGB"), ("JPEG", "CMYK")]
)
def test_a_picture_is_written_anew_and_nothing_comes_along(kind, mode):
    hidden = b"<script>alert(1)</script>PK\x03\x04"
    sent = picture(kind, mode=mode) + hidden

    told = kept(sent)

    assert told.kind == f"image/{kind.lower()}"
    assert hidden not in told.content
    assert told.content != sent
    assert opened(told.content).size == (40, 20)


def test_the_place_where_it_was_taken_is_gone_and_it_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Camera of Amina"

    told = kept(picture("JPEG", exif=exif))

    assert b"Amina" not in told.content
    assert opened(told.content).size == (20, 40)
    assert not opened(told.content).getexif()


def test_a_large_picture_is_made_smaller():
    assert opened(kept(picture(size=(4000, 1000))).content).size == (3000, 750)


def _bomb(width, height):
    """A PNG that says it is that large, and is a hundred bytes."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"IDAT" + zlib.compress(b"\0" * 100)
    parts = [head, body, b"IEND"]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part))
        for part in parts
    )


@pytest.mark.parametrize("side", [7_000, 12_000, 60_000])
def test_a_bomb_is_refused_before_it_is_unpacked(side):
    with pytest.raises(FileRefused, match="too many pixels"):
        kept(_bomb(side, side))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"GIF89a",
        b"PK\x03\x04",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"%PDF-1.4 exempt",
        picture("GIF"),
        b"x" + pdf(),
        pdf()[:200],
    ],
)
def test_what_is_no_paper_is_refused_with_words(content):
    with pytest.raises(FileRefused):
        kept(content)


def test_too_large_a_file_is_refused():
    with pytest.raises(FileRefused, match="larger than 1 MB"):
        paper(picture() + b"\0" * 1024 * 1024, most_bytes=1024 * 1024)


def test_a_plain_pdf_is_kept_as_it_is():
    sent = pdf()

    assert kept(sent) == (told := kept(sent))
    assert (told.kind, told.content) == (Kind.PDF, sent)


def _acting(what, word):
    """Let a PDF do something when it is opened."""

    def change(writer):
        action = {NameObject("/S"): NameObject(what), NameObject(word): TextStringObject("x")}
        writer._root_object[NameObject("/OpenAction")] = DictionaryObject(action)

    return change


@pytest.mark.parametrize(
    "change",
    [
        _acting("/JavaScript", "/JS"),
        _acting("/Rendition", "/JS"),
        _acting("/Launch", "/F"),
        lambda writer: writer.add_attachment("a.exe", b"MZ"),
    ],
)
def test_a_pdf_that_acts_or_carries_files_is_refused(change):
    with pytest.raises(FileRefused, match="scripts or other files"):
        kept(pdf(change))


def test_a_script_with_an_escaped_name_in_no_table_is_found():
    with pytest.raises(FileRefused, match="scripts or other files"):
        kept(pdf() + b"\n9 0 obj<</S/Java#53cript/JS(app.alert(1))>>endobj\n")


def test_a_locked_pdf_is_refused():
    with pytest.raises(FileRefused, match="locked|cannot be read"):
        kept(pdf(lambda writer: writer.encrypt("secret", algorithm="RC4-128")))


def test_the_field_reads_no_more_than_it_may_and_keeps_no_path():
    field = UploadField(most_bytes=1024 * 1024, accept=".png")

    told = field.clean(SimpleUploadedFile("../../etc/passwd", b"abc"))
    assert (told.name, told.content) == ("passwd", b"abc")
    with pytest.raises(forms.ValidationError, match="larger than 1 MB"):
        field.clean(SimpleUploadedFile("a.png", b"\0" * (1024 * 1024 + 1)))


def test_every_field_that_takes_files_is_the_one_field():
    import customers.urls.staff  # noqa: F401 - loads every form
    import ispbill.urls  # noqa: F401
    import payments.urls.staff  # noqa: F401

    def below(form):
        for child in form.__subclasses__():
            yield child
            yield from below(child)

    others = {
        f"{form.__module__}.{form.__name__}.{name}"
        for form in below(forms.BaseForm)
        if not form.__module__.startswith("tests.")
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.FileField) and not isinstance(field, UploadField)
    }

    assert others == set()
    assert not [
        field
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, FileField)
    ]
