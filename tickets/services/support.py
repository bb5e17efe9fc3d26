"""How customers are asked for their opinion, and who hears how promises were kept."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from tickets.models import SupportSettings


@transaction.atomic
def change(*, values: Mapping[str, Any], act: Act) -> SupportSettings:
    """Change the settings, with a reason. Raises ReasonMissing."""
    act = act.because(trail.required_reason(act.reason))
    trail.begin(act=act)
    row = SupportSettings.objects.select_for_update().get(pk=held().pk)
    before = {name: str(getattr(row, name)) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    changed = [name for name in values if before[name] != str(values[name])]
    events.record(
        act=act,
        action="support_settings.changed",
        target=row,
        before={name: before[name] for name in changed},
        after={name: str(values[name]) for name in changed},
    )
    return row


def held() -> SupportSettings:
    """Return the one row; it is made when somebody first changes it."""
    return SupportSettings.objects.get_or_create(pk=1)[0]
