"""What a technician finds: answers, notes, the signature.

Facts of the visit they were made in; they hold whatever became of the job meanwhile.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from fieldservice.models import Visit, WorkOrder
from fieldservice.rules import checklists
from fieldservice.services import locking
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


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
    visit = locked(visit)
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
    void_signature(visit)
    visit.save()
    return visit


@transaction.atomic
def note(*, visit: Visit, text: str, act: Act[User]) -> Visit:
    """Add a remark to a visit."""
    trail.begin(act=act)
    visit = locked(visit)
    visit.notes = f"{visit.notes}\n{text.strip()[:1000]}".strip()
    visit.save(update_fields=["notes"])
    return visit


@transaction.atomic
def sign(*, visit: Visit, signed: Signed, moment: datetime, act: Act[User]) -> Visit:
    """Keep the customer's signature, a typed name, or why there is none. Raises DomainError."""
    trail.begin(act=act)
    visit = locked(visit)
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


def locked(visit: Visit) -> Visit:
    """Return a visit as it is now, its job locked."""
    locking.lock(visit.order)
    return Visit.objects.select_related("order").get(pk=visit.pk)


def void_signature(visit: Visit) -> None:
    """What was signed has changed: it has to be signed again, while somebody is still there."""
    if visit.result != Visit.Result.UNDER_WAY or not visit.signed_digest:
        return
    visit.signature, visit.signed_name, visit.no_signature_reason = [], "", ""
    visit.signed_at, visit.signed_digest = None, ""
