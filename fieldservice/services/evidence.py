"""What a technician finds and leaves: answers, notes, photos, materials, the signature.

Facts of the visit they were made in; they hold whatever became of the job meanwhile.
"""

import hashlib
import io
import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image

from billing.ledger.services import account_states
from fieldservice.models import Material, Photo, Visit, WorkOrder
from fieldservice.rules import checklists
from fieldservice.rules.distances import Point
from fieldservice.services import locking
from fieldservice.stock.models import StockItem
from fieldservice.stock.services import field
from fieldservice.stock.services.issuing import Issued
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
class Signed:
    """A drawn path (strokes of [x, y]), or a typed name, or why there is neither."""

    strokes: list[list[list[float]]]
    name: str = ""
    absent_reason: str = ""


@transaction.atomic
def answer(
    *, visit: Visit, key: str, value: Any, impossible: str, moment: datetime, act: Act[User]
) -> Visit:
    """Answer an item of the checklist, or say why it is not possible; the latest moment holds."""
    trail.begin(act=act)
    visit = _locked(visit)
    if key not in {item["key"] for item in visit.order.checklist}:
        raise DomainError(_("This is not on the job's checklist."))
    if impossible:
        impossible = trail.required_reason(impossible)
    known = visit.answers.get(key)
    if known is not None and known["at"] > moment.isoformat():
        return visit
    kept = value if isinstance(value, bool) else str(value or "").strip()[:200]
    said = {"value": kept, "impossible": impossible[:200]}
    if known is not None and {name: known[name] for name in said} == said:
        return visit
    visit.answers = {**visit.answers, key: {**said, "at": moment.isoformat()}}
    _void_signature(visit)
    visit.save()
    return visit


@transaction.atomic
def note(*, visit: Visit, text: str, act: Act[User]) -> Visit:
    """Add a remark to a visit."""
    trail.begin(act=act)
    visit = _locked(visit)
    visit.notes = f"{visit.notes}\n{text.strip()[:1000]}".strip()
    visit.save(update_fields=["notes"])
    return visit


@transaction.atomic
def add_material(
    *,
    visit: Visit,
    name: str,
    quantity: Decimal,
    serial: str,
    moment: datetime,
    act: Act[User],
    is_returned: bool = False,
    item: StockItem | None = None,
) -> Material:
    """Note what was used, left or taken back; the same serial twice is once.

    An `item` of our stock moves from the technician's van to the customer, or back into it; what
    the books said otherwise is noted. Raises WrongState for a piece booked at another customer.
    """
    trail.begin(act=act)
    if item is not None:
        account_states.lock([visit.customer_id])
    visit = _locked(visit)
    name = (item.name if item else name).strip()[:80]
    if not name or not Decimal(0) < quantity < Decimal(10**6):
        raise DomainError(_("Say what was used and how much of it."))
    plain = checklists.plain_serial(serial)[:60]
    known = visit.materials.filter(name=name, serial=plain).first() if plain else None
    if known is not None:
        return known
    said = _move_stock(visit, item, quantity, plain, is_returned, act) if item else ""
    trail.begin(act=act)
    row = Material.objects.create(
        visit=visit,
        item=item,
        stock_note=said[:120],
        customer_id=visit.customer_id,
        name=name,
        quantity=quantity,
        serial=plain,
        is_returned=is_returned,
        noted_at=moment,
    )
    _void_signature(visit)
    visit.save()
    return row


def _move_stock(
    visit: Visit, item: StockItem, quantity: Decimal, serial: str, is_returned: bool, act: Act[User]
) -> str:
    """Let the books follow what was done with our stock; return what they said otherwise."""
    customer, number = visit.customer, visit.order.number
    act = act.because(_("Used on job %(number)s") % {"number": number})
    try:
        if is_returned and item.is_serial:
            return field.collect(
                item=item, customer=customer, serial=serial, reference=number, act=act
            )
        if is_returned:
            return ""
        issued = Issued(item.usual_way, quantity, serial, number)
        return field.use(item=item, customer=customer, issued=issued, act=act)
    except field.AtAnotherCustomer as refusal:
        raise locking.WrongState(str(refusal)) from refusal


@transaction.atomic
def add_photo(
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
    visit = _locked(visit)
    kept = plain_photo(content)
    digest = hashlib.sha256(kept).hexdigest()
    known = visit.photos.filter(item=item, sha256=digest).first()
    if known is not None:
        return known
    if visit.photos.count() >= MOST_PHOTOS:
        raise DomainError(_("A visit has %(most)d photos at most.") % {"most": MOST_PHOTOS})
    path = f"jobs/{visit.order.number}/{digest}.jpg"
    made_files.write(Path(settings.MEDIA_ROOT) / path, kept)
    return Photo.objects.create(
        visit=visit,
        customer_id=visit.customer_id,
        item=item[:30],
        path=path,
        sha256=digest,
        size_bytes=len(kept),
        taken_at=moment,
        latitude=None if point is None else round(Decimal(point.latitude), 6),
        longitude=None if point is None else round(Decimal(point.longitude), 6),
        accuracy_m=None if point is None else round(point.accuracy_m),
    )


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


@transaction.atomic
def sign(*, visit: Visit, signed: Signed, moment: datetime, act: Act[User]) -> Visit:
    """Keep the customer's signature, a typed name, or why there is none. Raises DomainError."""
    trail.begin(act=act)
    visit = _locked(visit)
    name = signed.name.strip()[:120]
    if signed.strokes and not checklists.is_signature(signed.strokes):
        raise DomainError(_("The signature is too short. Let the customer sign again."))
    if not signed.strokes and len(name) < 3:
        trail.required_reason(signed.absent_reason)
    visit.signature, visit.signed_name = signed.strokes, name
    visit.no_signature_reason = "" if signed.strokes or name else signed.absent_reason[:200]
    visit.signed_at, visit.signed_digest = moment, shown_digest(visit)
    visit.save()
    return visit


def shown_digest(visit: Visit) -> str:
    """Return the SHA-256 of what a customer is shown before signing."""
    answers = {key: [one["value"], one["impossible"]] for key, one in visit.answers.items()}
    materials = visit.materials.order_by("pk").values_list("name", "quantity", "serial")
    shown = {
        "order": visit.order.number,
        "answers": answers,
        "materials": [[name, f"{amount:f}", serial] for name, amount, serial in materials],
    }
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()


def is_signed(visit: Visit) -> bool:
    """Tell whether the customer signed, typed a name, or it is said why not."""
    return bool(visit.signature or visit.signed_name or visit.no_signature_reason)


def latest_visit(order: WorkOrder, technician: User) -> Visit | None:
    """Return the visit that a technician's fact belongs to: the present one, else the last."""
    mine = order.visits.filter(technician=technician).select_related("order")
    return mine.order_by("-visit_no").first()


def _locked(visit: Visit) -> Visit:
    locking.lock(visit.order)
    return Visit.objects.select_related("order").get(pk=visit.pk)


def _void_signature(visit: Visit) -> None:
    """What was signed has changed: it has to be signed again, while somebody is still there."""
    if visit.result != Visit.Result.UNDER_WAY or not visit.signed_digest:
        return
    visit.signature, visit.signed_name, visit.no_signature_reason = [], "", ""
    visit.signed_at, visit.signed_digest = None, ""
