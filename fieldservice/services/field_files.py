"""Photos in parts: each part once, where the last one ended, whole only with the right sum."""

import hashlib
import re
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from fieldservice.models import FieldAction, FieldFile, Photo, WorkOrder
from fieldservice.services import locking, photos
from fieldservice.services.photos import Announced
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

MOST_PART_BYTES = 256 * 1024


class WrongOffset(DomainError):
    """The part begins elsewhere than the last one ended; `offset` is where it has to."""

    def __init__(self, offset: int) -> None:
        super().__init__(str(offset))
        self.offset = offset


class WrongSum(DomainError):
    """All has come, but it is not what was announced: it is to be sent from the beginning."""


def announced(row: FieldAction) -> Announced | None:
    """Return the picture an act announces, or None. Raises ValueError for an unsound one."""
    said = row.payload.get("file")
    if row.kind != "photo" or not isinstance(said, dict):
        return None
    size, sha256 = int(said["size"]), str(said["sha256"])
    if not 0 < size <= photos.MOST_PHOTO_BYTES or not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError
    return Announced(row.action_id, size, sha256)


def expect(row: FieldAction) -> FieldFile | None:
    """Keep that the file of a saved act will come in parts, if it announces one."""
    try:
        said = announced(row)
    except (ValueError, KeyError, TypeError):  # the act is refused for it when its turn comes
        return None
    if said is None:
        return None
    return FieldFile.objects.get_or_create(
        action=row,
        defaults={
            "customer_id": row.customer_id,
            "size_bytes": said.size,
            "sha256": said.sha256,
            "announced_at": row.received_at,
        },
    )[0]


def whole_with(file: FieldFile, offset: int, part: bytes) -> bytes | None:
    """Return the picture as it is once a part has come; None where it is not whole by it."""
    if offset != file.received_bytes or offset + len(part) != file.size_bytes:
        return None
    place = _place(file)
    begun = place.read_bytes()[:offset] if place.exists() else b""
    return begun + part


def append(
    *, file: FieldFile, offset: int, part: bytes, is_clean: bool, act: Act[User]
) -> FieldFile:
    """Add a part; the last one fills the picture in. A part of a whole file changes nothing.

    `is_clean`: with this part the picture was scanned. The last part is asked for again where it
    was not, because another request was in between.
    Raises WrongOffset, WrongSum (everything is asked for again), FileRefused for what is no
    picture: nothing of it is asked for any more.
    """
    is_right, refusal = _append(file=file, offset=offset, part=part, is_clean=is_clean, act=act)
    if refusal is not None:
        raise refusal
    if not is_right:
        raise WrongSum("0")
    file.refresh_from_db()
    return file


@transaction.atomic
def refuse(*, file: FieldFile, act: Act[User]) -> None:
    """Do without a picture the virus scanner refused; what came of it is deleted."""
    trail.begin(act=act)
    order = locking.lock(file.action.order)
    waiting = FieldFile.objects.filter(pk=file.pk, complete_at__isnull=True)
    if waiting.update(given_up_at=act.at):
        locking.record(order, "work_order.photo_refused", act=act)
    transaction.on_commit(lambda: _place(file).unlink(missing_ok=True))


@transaction.atomic
def give_up(*, order: WorkOrder, act: Act[User]) -> int:
    """Do without the pictures of a job that never came; return how many. Raises ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    order = locking.lock(order)
    left = missing(order).update(given_up_at=act.at)
    if left:
        locking.record(order, "work_order.photos_given_up", act=act, after={"photos": left})
    return left


def missing(order: WorkOrder) -> QuerySet[FieldFile]:
    """Return the files of a job that are still to come."""
    return FieldFile.objects.filter(
        action__order=order, complete_at__isnull=True, given_up_at__isnull=True
    )


@transaction.atomic
def _append(
    *, file: FieldFile, offset: int, part: bytes, is_clean: bool, act: Act[User]
) -> tuple[bool, DomainError | None]:
    """Add a part; tell whether the sum is right so far, and what was wrong with the picture."""
    trail.begin(act=act)
    locking.lock(file.action.order)
    file = (
        FieldFile.objects.select_for_update(of=("self",)).select_related("action").get(pk=file.pk)
    )
    if file.complete_at is not None or file.given_up_at is not None:
        return True, None
    fits = file.received_bytes + len(part) <= file.size_bytes and len(part) <= MOST_PART_BYTES
    is_last = file.received_bytes + len(part) == file.size_bytes
    if offset != file.received_bytes or not part or not fits or (is_last and not is_clean):
        return True, WrongOffset(file.received_bytes)
    place = _place(file)
    _write(place, offset, part)
    file.received_bytes += len(part)
    refusal: DomainError | None = None
    is_right = True
    if file.received_bytes == file.size_bytes:
        is_right, refusal = _close(file, place, at=act.at)
    file.save(update_fields=["received_bytes", "complete_at", "given_up_at"])
    return is_right, refusal


def _close(file: FieldFile, place: Path, *, at: datetime) -> tuple[bool, DomainError | None]:
    content = place.read_bytes()
    if hashlib.sha256(content).hexdigest() != file.sha256:
        file.received_bytes = 0
        return False, None
    photo = Photo.objects.filter(action_id=file.action.action_id, path="").first()
    if photo is None:  # the act itself still waits for its turn or for the office
        file.action.file_path = _path(file)
        file.action.save(update_fields=["file_path"])
        file.complete_at = at
        return True, None
    try:
        photos.fill(photo, content)
    except DomainError as refusal:
        file.given_up_at = at
        return True, refusal
    file.complete_at = at
    transaction.on_commit(lambda: place.unlink(missing_ok=True))
    return True, None


def _path(file: FieldFile) -> str:
    return f"jobs/kept/{file.action.action_id}.bin"


def _place(file: FieldFile) -> Path:
    return Path(settings.MEDIA_ROOT) / _path(file)


def _write(place: Path, offset: int, part: bytes) -> None:
    """Write a part where it belongs; what a request that died left behind it goes."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("r+b" if place.exists() else "wb") as out:
        out.seek(offset)
        out.truncate()
        out.write(part)
