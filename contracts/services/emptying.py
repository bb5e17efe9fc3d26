"""What nobody signed goes after half a year: text, file and what a signer typed (ADR 80)."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from contracts.models import Contract
from contracts.rules import lifecycle
from contracts.services import history
from ispbill.audit.services import trail
from ispbill.core.acts import Act

_OVER = (lifecycle.DECLINED, lifecycle.VOID, lifecycle.LAPSED)


def empty_old(*, act: Act) -> int:
    """Empty what was given up, and drafts nobody sent, long ago; return how many."""
    before = act.at - timedelta(days=lifecycle.DELETED_AFTER_DAYS)
    old = Q(state__in=_OVER, over_at__lte=before)
    forgotten = Q(state=lifecycle.DRAFT, created_at__lte=before)
    rows = Contract.objects.filter(old | forgotten, signed_at__isnull=True, emptied_at__isnull=True)
    return sum(_empty(one, act=act) for one in rows.order_by("pk"))


def _empty(contract: Contract, *, act: Act) -> int:
    """Remove the file first: a worker that dies between is followed by one that goes on."""
    if contract.path and not Contract.objects.exclude(pk=contract.pk).filter(path=contract.path):
        (Path(settings.MEDIA_ROOT) / contract.path).unlink(missing_ok=True)
    with transaction.atomic():
        trail.begin(act=act)
        contract = history.lock(contract)
        if contract.state == lifecycle.DRAFT:
            contract.reason, contract.over_at = _("Nobody sent it."), act.at
            history.move(contract, lifecycle.VOID, act=act)
        if contract.state not in _OVER or contract.emptied_at is not None:
            return 0
        contract.html, contract.path, contract.emptied_at = "", "", act.at
        contract.save(update_fields=["html", "path", "emptied_at"])
        contract.codes.update(given={})
        history.step(contract, "emptied", act=act)
    return 1
