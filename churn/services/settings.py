"""Set how many are called, how many left alone, and what may be offered."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from churn.models import ChurnSettings
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act


@transaction.atomic
def change(*, values: Mapping[str, Any], act: Act) -> ChurnSettings:
    """Change the settings. Raises ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    ChurnSettings.current()
    row = ChurnSettings.objects.select_for_update().get(pk=1)
    before = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    was, now = events.changes(before, dict(values))
    if now:
        events.record(act=act, action="churn_settings.changed", target=row, before=was, after=now)
    return row
