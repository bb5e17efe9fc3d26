"""How outages are proposed, credited and judged."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from network.outages.models import OutageSettings


@transaction.atomic
def change(*, values: Mapping[str, Any], act: Act) -> OutageSettings:
    """Change the settings, with a reason."""
    act = act.because(trail.required_reason(act.reason))
    trail.begin(act=act)
    OutageSettings.current()
    row = OutageSettings.objects.select_for_update().get(pk=1)
    before = {name: str(getattr(row, name)) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    after = {name: str(getattr(row, name)) for name in values}
    changed = [name for name in values if before[name] != after[name]]
    events.record(
        act=act,
        action="outage_settings.changed",
        target=row,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    return row
