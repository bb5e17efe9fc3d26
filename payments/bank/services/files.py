"""A file somebody uploaded: kept sealed, and taken apart into rows without trusting it.

Limits first: a workbook is a zip archive, and a small one can hold more than a machine.
"""

import csv
import hashlib
import io
import re
import secrets
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from ispbill.core import crypto, sealed_files
from ispbill.core.errors import DomainError
from payments.bank.rules.statement_cells import Cell
from payments.bank.rules.statement_rows import DELIMITERS, ENCODINGS

MOST_BYTES = 12 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 60
MOST_CELL = 1_000  # characters of a cell that are read
_MOST_UNPACKED = 200 * 1024 * 1024
_MOST_RATIO = 200
_SNIFFED = 64 * 1024
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"  # the old binary .xls, and workbooks with a password
_WORKBOOK_FAULTS = (
    InvalidFileException, zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError,
    AttributeError, IndexError, OSError,
)  # fmt: skip


class FileRefused(DomainError):
    """The file is too large, of no kind we read, or not what it says it is."""


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file, by which it is known again."""
    return hashlib.sha256(content).hexdigest()


def check(content: bytes, *, most_bytes: int = MOST_BYTES) -> None:
    """Raise FileRefused for what is never read, before anything of it is kept."""
    if not content.strip():
        raise FileRefused(_("The file is empty."))
    if len(content) > most_bytes:
        raise FileRefused(_("The file is larger than %(most)d MB.") % {"most": most_bytes >> 20})
    if content.startswith(_OLE):
        raise FileRefused(
            _("This is an old or a locked workbook. Save it as .xlsx without a password, or CSV.")
        )
    if content.startswith(b"%PDF"):
        raise FileRefused(_("This is a PDF. Ask the bank for the statement as CSV or XLSX."))
    if is_workbook(content):
        _check_archive(content)


def is_workbook(content: bytes) -> bool:
    return content.startswith(_ZIP)


def keep(content: bytes, *, folder: str) -> str:
    """Write a file sealed below MEDIA_ROOT; return its path there."""
    path = f"{folder}/{secrets.token_urlsafe(18)}.sealed"
    sealed_files.write(path, content, context=place_of(path))
    return path


def kept(path: str) -> bytes:
    """Return a kept file. Raises FileRefused when it is gone, or none of our keys opens it."""
    try:
        return sealed_files.read(path, context=place_of(path))
    except OSError as error:
        raise FileRefused(_("The file is not there any more. Upload it again.")) from error
    except crypto.Unreadable as error:
        raise FileRefused(
            _("None of the keys of this installation opens the kept file. Upload it again.")
        ) from error


def forget(path: str) -> None:
    """Remove a kept file."""
    sealed_files.remove(path)


def place_of(path: str) -> str:
    """Return what a kept file is bound to."""
    return f"payments.import:{path}"


def rows(
    content: bytes,
    *,
    encoding: str,
    delimiter: str,
    most: int | None = None,
    limit: int = MOST_ROWS,
) -> Iterator[tuple[int, list[Cell | None]]]:
    """Yield the rows of a CSV file or of a workbook's first sheet, numbered from 1.

    Raises FileRefused when it cannot be read, or has more than `limit` rows; a preview asks for
    the first `most` and stops by itself.
    """
    found = (
        _workbook_rows(content)
        if is_workbook(content)
        else _text_rows(content, encoding, delimiter)
    )
    for number, row in enumerate(found, start=1):
        if number > limit:
            raise FileRefused(
                _("The file has more than %(most)d rows. Take a shorter period.") % {"most": limit}
            )
        if most is not None and number > most:
            return
        yield number, row


def guess_encoding(content: bytes) -> str:
    """Return which of `ENCODINGS` a text file is in: by its mark, or by what can be read."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = content[:_SNIFFED]
    if sample.count(0) > len(sample) // 4:
        return "utf-16"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def guess_delimiter(content: bytes, encoding: str) -> str:
    """Return what parts the columns: what most lines hold, and equally often."""
    text = _decoded(content[:_SNIFFED], encoding, is_part=True)
    lines = [re.sub(r'"[^"]*"', "", line) for line in text.splitlines()[:60] if line.strip()]

    def score(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in lines if sign in line]
        usual = max(set(counts), key=counts.count, default=0)
        return (counts.count(usual) * bool(usual), usual)

    return max(DELIMITERS, key=score) if lines else ","


def _text_rows(content: bytes, encoding: str, delimiter: str) -> Iterator[list[Cell | None]]:
    if encoding not in ENCODINGS or delimiter not in DELIMITERS:
        raise FileRefused(_("The file cannot be read like this."))
    text = _decoded(content, encoding)
    reader = csv.reader(io.StringIO(text.replace("\x00", ""), newline=""), delimiter=delimiter)
    try:
        for row in reader:
            yield [cell[:MOST_CELL] for cell in row[:MOST_COLUMNS]]
    except csv.Error as error:
        raise FileRefused(
            _("Line %(line)d of the file cannot be read.") % {"line": reader.line_num}
        ) from error


def _decoded(content: bytes, encoding: str, *, is_part: bool = False) -> str:
    if encoding == "utf-16" and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        even = content[:_SNIFFED:2].count(0)
        encoding = "utf-16-be" if even > content[1:_SNIFFED:2].count(0) else "utf-16-le"
    name = "utf-8-sig" if encoding == "utf-8" else encoding
    try:
        # CP1252 leaves five bytes undefined; they spoil no file.
        lenient = is_part or encoding == "cp1252"
        return content.decode(name, errors="replace" if lenient else "strict")
    except UnicodeDecodeError as error:
        raise FileRefused(_("The file is not in this character set. Choose another.")) from error


def _workbook_rows(content: bytes) -> Iterator[list[Cell | None]]:
    _check_archive(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and validations we do not look at
            book = load_workbook(
                io.BytesIO(content), read_only=True, data_only=True, keep_links=False
            )
            try:
                sheet = book.worksheets[0]
                sheet.reset_dimensions()  # a sheet may say it is larger than it is
                for row in sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True):
                    yield [_cell(value) for value in row]
            finally:
                book.close()
    except _WORKBOOK_FAULTS as error:
        raise FileRefused(_("The workbook cannot be read. Save it anew, or as CSV.")) from error


def _cell(value: object) -> Cell | None:
    if value is None or isinstance(value, bool):
        return None if value is None else str(value)
    if isinstance(value, int | float):
        number = Decimal(repr(value))
        return number if number.is_finite() else str(value)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return str(value)[:MOST_CELL]


def _check_archive(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if unpacked > _MOST_UNPACKED or unpacked > _MOST_RATIO * max(len(content), 1):
                raise FileRefused(_("The workbook is larger inside than any statement."))
            if not any(part.filename.startswith("xl/") for part in parts):
                raise FileRefused(_("This is no workbook. Upload a CSV or an XLSX file."))
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as file:
                        if b"<!" in file.read(2048).replace(b"<!--", b""):
                            raise FileRefused(
                                _("The workbook cannot be read. Save it anew, or as CSV.")
                            )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise FileRefused(_("The workbook cannot be read. Save it anew, or as CSV.")) from error
