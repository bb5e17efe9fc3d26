"""How customers test their speed."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from network.speedtest.models import SpeedTestSettings


@transaction.atomic
def change(*, values: Mapping[str, Any], act: Act) -> SpeedTestSettings:
    """Change the settings, with a reason."""
    act = act.because(trail.required_reason(act.reason))
    trail.begin(act=act)
    row = SpeedTestSettings.objects.select_for_update().get(pk=held().pk)
    before = {name: str(getattr(row, name)) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    changed = [name for name in values if before[name] != str(values[name])]
    events.record(
        act=act,
        action="speed_test_settings.changed",
        target=row,
        before={name: before[name] for name in changed},
        after={name: str(values[name]) for name in changed},
    )
    return row


def held() -> SpeedTestSettings:
    """Return the one row; it is made when somebody first changes it."""
    return SpeedTestSettings.objects.get_or_create(pk=1)[0]
