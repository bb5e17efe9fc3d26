"""How customers test their speed."""

from collections.abc import Mapping
from typing import Any

from ispbill.audit.services import one_row
from ispbill.core.acts import Act
from network.speedtest.models import SpeedTestSettings


def change(*, values: Mapping[str, Any], act: Act) -> SpeedTestSettings:
    """Change the settings, with a reason. Raises ReasonMissing."""
    return one_row.change(
        SpeedTestSettings, values=values, action="speed_test_settings.changed", act=act
    )


def held() -> SpeedTestSettings:
    """Return the one row; it is made when somebody first changes it."""
    return SpeedTestSettings.objects.get_or_create(pk=1)[0]
