"""/admin/churn/words/: what was sent to Gemini, row by row, and what was let in of its answers."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from churn.models import ChurnWording
from churn.rules import wording as rules
from churn.services import wording
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import paging
from ispbill.core.acts import Act

SIZE = 50


@require_GET
@staff_only("churn.edit")
def page(request: Request) -> HttpResponse:
    """Show all that is kept, the newest first, and what of today's tokens is used."""
    found = ChurnWording.objects.order_by("-made_at", "fingerprint")
    total = found.count()
    start = paging.start_of(request.GET, total=total)
    context = {
        "rows": found[start : start + SIZE],
        "pager": paging.numbered(start, size=SIZE, total=total),
        "is_on": wording.is_on(),
        "model": settings.GEMINI_MODEL,
        "used": wording.used_today(act=Act.now(request.user)),
        "most": rules.TOKENS,
        "kept_days": rules.KEPT_DAYS,
    }
    return render(request, "churn/staff/words.html", context)
