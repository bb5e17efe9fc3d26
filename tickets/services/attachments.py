"""Files of a conversation: what they are follows from their bytes, pictures are written anew."""

import io
from collections.abc import Sequence

from django.utils.translation import gettext as _
from PIL import Image

from ispbill.core import uploads
from ispbill.core.errors import DomainError
from ispbill.core.uploads import FileRefused, Upload
from tickets.models import Attachment, Comment

MOST_FILES = 5
MOST_BYTES = 10 << 20
_TEXT_NAMES = {".csv": "text/csv", ".txt": "text/plain"}


class AttachmentRefused(DomainError):
    """A file is of no kind that is taken, too large, or one too many; the message names it."""


def judged(files: Sequence[Upload]) -> list[Attachment]:
    """Return the files as they may be kept, not saved yet. Raises AttachmentRefused."""
    if len(files) > MOST_FILES:
        raise AttachmentRefused(
            _("At most %(most)d files with one message.") % {"most": MOST_FILES}
        )
    return [_judged(file) for file in files]


def sifted(files: Sequence[Upload]) -> tuple[list[Upload], list[str]]:
    """Return the files that may be kept, and of each other why not: nobody can be asked again."""
    kept: list[Upload] = []
    refused = []
    for file in files:
        try:
            judged([file] if len(kept) < MOST_FILES else [*kept, file])
        except AttachmentRefused as error:
            refused.append(str(error))
        else:
            kept.append(file)
    return kept, refused


def keep(files: Sequence[Attachment], comment: Comment) -> None:
    """Keep judged files with a comment."""
    for file in files:
        file.comment, file.customer_id = comment, comment.customer_id
    Attachment.objects.bulk_create(files)


def _judged(file: Upload) -> Attachment:
    try:
        media_type, content = _told(file)
    except FileRefused as error:
        raise AttachmentRefused(f"{file.name}: {error}") from error
    return Attachment(name=file.name, media_type=media_type, size=len(content), content=content)


def _told(file: Upload) -> tuple[str, bytes]:
    """Return the media type and the bytes that are kept. Raises FileRefused."""
    if len(file.content) > MOST_BYTES:
        raise FileRefused(_("The file is larger than %(most)d MB.") % {"most": MOST_BYTES >> 20})
    ending = file.name[file.name.rfind(".") :].lower()
    if ending in _TEXT_NAMES and _is_text(file.content):
        return _TEXT_NAMES[ending], file.content
    content = _as_png(file.content) if _is_webp(file.content) else file.content
    paper = uploads.paper(content, most_bytes=MOST_BYTES)
    return str(paper.kind), paper.content


def _is_text(content: bytes) -> bool:
    try:
        return bool(content) and "\0" not in content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False


def _is_webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def _as_png(content: bytes) -> bytes:
    """Return a WebP picture as a PNG; what cannot be decoded stays, and is refused as it is."""
    out = io.BytesIO()
    try:
        with Image.open(io.BytesIO(content), formats=("WEBP",)) as sent:
            if sent.width * sent.height > uploads.MOST_PIXELS:
                raise FileRefused(_("The picture has too many pixels. Make it smaller."))
            sent.convert("RGB").save(out, format="PNG")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return content
    return out.getvalue()
