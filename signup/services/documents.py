"""Papers sent with an order: judged by their bytes, pictures written anew, sealed, removed in time.

Ninety days after an order was given up its files go; of one that became a customer they stay as
long as the customer does.
"""

import hashlib
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from ispbill.core import sealed_files, uploads
from ispbill.core.errors import DomainError
from signup.models import Order, OrderDocument
from signup.rules import lifecycle

MOST = 6
MOST_BYTES = 5 << 20
KEPT_AFTER_END = timedelta(days=90)


class TooManyDocuments(DomainError):
    """An order has six papers at most."""


def place_of(document: OrderDocument) -> str:
    """Return what a document's file is sealed for: its own path and no other."""
    return f"order-document:{document.path}"


def add(*, order: Order, kind: str, content: bytes, at: datetime) -> OrderDocument:
    """Keep a paper; the same one twice is one. Raises FileRefused, TooManyDocuments."""
    paper = uploads.paper(content, most_bytes=MOST_BYTES)
    digest = hashlib.sha256(paper.content).hexdigest()
    known = order.documents.filter(sha256=digest).first()
    if known is not None:
        return known
    if order.documents.count() >= MOST:
        raise TooManyDocuments(_("Send %(most)d files at most.") % {"most": MOST})
    document = OrderDocument(
        order=order,
        kind=kind,
        path=f"orders/{uuid.uuid4().hex}.sealed",
        media_type=paper.kind.value,
        size_bytes=len(paper.content),
        sha256=digest,
        added_at=at,
    )
    sealed_files.write(document.path, paper.content, context=place_of(document))
    document.save(force_insert=True)
    return document


def content_of(document: OrderDocument) -> bytes:
    """Return a paper. Raises OSError when it is gone, crypto.Unreadable."""
    return sealed_files.read(document.path, context=place_of(document))


def remove_old(*, at: datetime) -> int:
    """Remove the files of orders given up more than ninety days ago; return how many."""
    old = OrderDocument.objects.filter(
        removed_at__isnull=True,
        order__state__in=[lifecycle.REJECTED, lifecycle.CANCELLED],
        order__ended_at__lt=at - KEPT_AFTER_END,
    )
    count = 0
    for document in old.order_by("pk"):
        path, document.path, document.removed_at = document.path, "", at
        document.save(update_fields=["path", "removed_at"])
        forget([path])
        count += 1
    return count


def forget(paths: Iterable[str]) -> None:
    """Remove files that nothing names any more."""
    for path in paths:
        if path:
            sealed_files.remove(path)
