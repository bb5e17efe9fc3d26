"""Files from outside: the one field that takes them in, and the one function that judges a paper.

What a file is follows from its bytes, never from its name or from what the browser says. A
picture is decoded and written anew, so what is kept is never what was sent: no second file behind
it, no place where it was taken. A PDF stays as it is, it may be signed, but one that acts by
itself or carries other files is refused.
"""

import io
import re
import warnings
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from ispbill.core.errors import DomainError
from ispbill.core.scanning import NotClean, Withheld

MOST_PIXELS = 40_000_000  # what a telephone's camera makes; unpacked it takes 120 MB
LONGEST_SIDE = 3_000  # pixels that are kept
MOST_PAGES = 100
MOST_OBJECTS = 20_000
MOST_DEPTH = 40
# What is taken, and as what it is kept: a phone sends WebP, for it is smaller on the way.
_PICTURES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/jpeg"}
# Names of what a PDF does by itself, opens, or has inside (ISO 32000-1, 7.11.4 and 12.6.4).
_ACTIVE = frozenset(
    {
        "/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/EF", "/RichMedia",
        "/XFA", "/SubmitForm", "/ImportData", "/GoToE", "/Rendition", "/Movie", "/Sound",
    }
)  # fmt: skip
# Also looked for where no table of the file leads: some readers repair such a file.
_HIDDEN = re.compile(rb"/(JavaScript|Launch|EmbeddedFile|RichMedia|SubmitForm|ImportData)\b")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


class FileRefused(DomainError):
    """The file is empty, too large, of no kind that is taken, or does more than be read."""


class Kind(StrEnum):
    """A media type that is kept."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"


@dataclass(frozen=True)
class Paper:
    """A paper as it may be kept and handed out again."""

    kind: Kind
    content: bytes


@dataclass(frozen=True)
class Upload:
    """What somebody has sent: the last part of its name, and its bytes, not judged yet."""

    name: str
    content: bytes


class UploadField(forms.FileField):
    """A file of at most `most_bytes`; cleaned it is an `Upload`. Its service judges the bytes."""

    def __init__(self, *, most_bytes: int, accept: str, **options: Any) -> None:
        self.most_bytes = most_bytes
        widget = forms.ClearableFileInput(attrs={"accept": accept})
        super().__init__(widget=widget, max_length=120, **options)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the upload; too large a file is refused before it is read."""
        file = super().clean(data, initial)
        if not isinstance(file, UploadedFile):
            return file
        if file.size is None or file.size > self.most_bytes:
            raise forms.ValidationError(
                _("The file is larger than %(most)d MB.") % {"most": self.most_bytes >> 20}
            )
        if isinstance(file, Withheld) and isinstance(file.refusal, NotClean):
            raise forms.ValidationError(str(file.refusal))
        return Upload(name=PurePath(file.name or "").name[-120:], content=bytes(file.read()))


def paper(content: bytes, *, most_bytes: int) -> Paper:
    """Return a PDF or a picture as it may be kept. Raises FileRefused."""
    if not content:
        raise FileRefused(_("The file is empty."))
    if len(content) > most_bytes:
        raise FileRefused(_("The file is larger than %(most)d MB.") % {"most": most_bytes >> 20})
    if content.startswith(b"%PDF-"):
        _check_pdf(content)
        return Paper(Kind.PDF, content)
    return _written_anew(content)


def _written_anew(content: bytes) -> Paper:
    """Return a picture decoded and encoded again, without anything that came beside it.

    WeasyPrint, once loaded, lets Pillow read pictures that break off: what is missing is grey.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=tuple(_PICTURES)) as sent:
                # Only the head is read until here: a bomb is known by what it says it is.
                if sent.width * sent.height > MOST_PIXELS:
                    raise FileRefused(_("The picture has too many pixels. Make it smaller."))
                kind = Kind(_PICTURES[sent.format or ""])
                upright = ImageOps.exif_transpose(sent)
                has_alpha = kind is Kind.PNG and "A" in upright.getbands()
                plain = upright.convert("RGBA" if has_alpha else "RGB")
    except UnidentifiedImageError as error:
        raise FileRefused(_("The file is neither a PDF nor a PNG or JPEG picture.")) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FileRefused(_("The picture has too many pixels. Make it smaller.")) from error
    except (OSError, ValueError, SyntaxError, TypeError, KeyError, EOFError) as error:
        raise FileRefused(_("The picture cannot be read. Save it anew.")) from error
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    kept = Image.new(plain.mode, plain.size)  # pixels alone: no profile, no place, no text
    kept.paste(plain)
    out = io.BytesIO()
    kept.save(out, format=kind.name, quality=88, optimize=kind is Kind.PNG)
    return Paper(kind, out.getvalue())


def _check_pdf(content: bytes) -> None:
    """Raise FileRefused for a PDF that cannot be read whole, is locked, or is active."""
    plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content)
    if _HIDDEN.search(plain):
        raise _active()
    try:
        reader = PdfReader(io.BytesIO(content), strict=True)
        if reader.is_encrypted:
            raise FileRefused(_("The PDF is locked. Save it without a password."))
        if len(reader.pages) > MOST_PAGES:
            raise FileRefused(_("The PDF has too many pages."))
        numbers = [(number, gen) for gen, row in reader.xref.items() for number in row]
        numbers += [(number, 0) for number in reader.xref_objStm]
        if len(numbers) > MOST_OBJECTS:
            raise FileRefused(_("The PDF cannot be read. Print it to a PDF anew."))
        _check_object(reader.trailer, 0)
        for number, generation in numbers:
            _check_object(IndirectObject(number, generation, reader).get_object(), 0)
    except FileRefused:
        raise
    except (
        PyPdfError,
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        AssertionError,
        RecursionError,
    ) as error:
        raise FileRefused(_("The PDF cannot be read. Print it to a PDF anew.")) from error


def _check_object(found: object, depth: int) -> None:
    if depth > MOST_DEPTH:
        raise FileRefused(_("The PDF cannot be read. Print it to a PDF anew."))
    if isinstance(found, DictionaryObject):
        # As they stand: what they point to is an object of its own, looked at by its number.
        for name, value in dict.items(found):
            if name in _ACTIVE or (isinstance(value, str) and value in _ACTIVE):
                raise _active()
            _check_object(value, depth + 1)
    elif isinstance(found, ArrayObject):
        for value in list.__iter__(found):
            _check_object(value, depth + 1)


def _active() -> FileRefused:
    return FileRefused(
        _("The PDF has scripts or other files inside. Print it to a PDF anew, and send that.")
    )
