"""Who touched something last: for whoever comes to it a moment later."""

from datetime import datetime

from django.db.models import Model

from ispbill.audit.models import AuditEvent


def latest(target: Model, *, since: datetime) -> AuditEvent | None:
    """Return the last event about `target` that is not older than `since`."""
    about = {"target_type": target._meta.model_name or "", "target_id": str(target.pk)}
    return AuditEvent.objects.filter(**about, at__gte=since).order_by("-id").first()
