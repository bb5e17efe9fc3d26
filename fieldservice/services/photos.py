"""Photos of a visit: as they come, or announced first and filled in once their parts have come."""

import hashlib
import io
import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image

from fieldservice.models import Photo, Visit
from fieldservice.rules.distances import Point
from fieldservice.services import evidence
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core import made_files, uploads
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

MOST_PHOTOS = 20
MOST_PHOTO_BYTES = 5 << 20
LONGEST_SIDE = 1600  # pixels
QUALITY = 78


@dataclass(frozen=True)
class Announced:
    """A picture that is still on the phone: the act it came with, its size and its sum."""

    action_id: uuid.UUID
    size: int
    sha256: str


@transaction.atomic
def add(
    *,
    visit: Visit,
    item: str,
    content: bytes,
    point: Point | None,
    moment: datetime,
    act: Act[User],
) -> Photo:
    """Keep a picture, written anew without anything the phone put in. Raises FileRefused."""
    trail.begin(act=act)
    visit = evidence.locked(visit)
    kept = plain_photo(content)
    digest = hashlib.sha256(kept).hexdigest()
    known = visit.photos.filter(item=item, sha256=digest).first()
    if known is not None:
        return known
    _refuse_more(visit)
    path = _write(visit, digest, kept)
    return Photo.objects.create(
        visit=visit,
        customer_id=visit.customer_id,
        item=item[:30],
        path=path,
        sha256=digest,
        size_bytes=len(kept),
        taken_at=moment,
        **_columns(point),
    )


@transaction.atomic
def announce(
    *,
    visit: Visit,
    item: str,
    announced: Announced,
    point: Point | None,
    moment: datetime,
    act: Act[User],
) -> Photo:
    """Keep that a picture was taken; it comes in parts. The same act is one picture."""
    trail.begin(act=act)
    visit = evidence.locked(visit)
    same = visit.photos.filter(item=item[:30], sha256=announced.sha256)
    known = same.first() or visit.photos.filter(action_id=announced.action_id).first()
    if known is not None:
        return known
    _refuse_more(visit)
    return Photo.objects.create(
        visit=visit,
        customer_id=visit.customer_id,
        item=item[:30],
        action_id=announced.action_id,
        sha256=announced.sha256,
        size_bytes=announced.size,
        taken_at=moment,
        **_columns(point),
    )


def fill(photo: Photo, content: bytes) -> None:
    """Write an announced picture that has come, anew and without metadata. Raises FileRefused."""
    kept = plain_photo(content)
    digest = hashlib.sha256(kept).hexdigest()
    photo.path = _write(photo.visit, digest, kept)
    photo.size_bytes = len(kept)
    twin = photo.visit.photos.filter(item=photo.item, sha256=digest).exclude(pk=photo.pk)
    if not twin.exists():
        photo.sha256 = digest
    photo.save(update_fields=["path", "size_bytes", "sha256"])


def plain_photo(content: bytes) -> bytes:
    """Return a picture as JPEG of at most 1600 pixels, without any metadata. Raises FileRefused."""
    paper = uploads.paper(content, most_bytes=MOST_PHOTO_BYTES)
    if paper.kind is uploads.Kind.PDF:
        raise uploads.FileRefused(_("This is no picture."))
    out = io.BytesIO()
    with Image.open(io.BytesIO(paper.content)) as picture:
        plain = picture.convert("RGB")
        plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        plain.save(out, format="JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _refuse_more(visit: Visit) -> None:
    if visit.photos.count() >= MOST_PHOTOS:
        raise DomainError(_("A visit has %(most)d photos at most.") % {"most": MOST_PHOTOS})


def _write(visit: Visit, digest: str, kept: bytes) -> str:
    path = f"jobs/{visit.order.number}/{digest}.jpg"
    made_files.write(Path(settings.MEDIA_ROOT) / path, kept)
    return path


def _columns(point: Point | None) -> dict[str, Any]:
    if point is None:
        return {}
    return {
        "latitude": round(Decimal(point.latitude), 6),
        "longitude": round(Decimal(point.longitude), 6),
        "accuracy_m": round(point.accuracy_m),
    }
