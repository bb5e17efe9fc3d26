"""What every template may count on."""

from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest

from ispbill.core import clock
from ispbill.core.models import Company


def company(request: HttpRequest) -> dict[str, object]:
    """Return the company, the business moment, and which simulators are on."""
    return {
        "company": Company.current(),
        "now": clock.now(),
        "simulators": settings.SIMULATORS,
        "version": settings.VERSION,
        "request_id": getattr(request, "request_id", ""),
        "form_key": uuid4().hex,  # see ispbill.core.once
    }
