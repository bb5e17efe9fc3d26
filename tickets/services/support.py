"""How customers are asked for their opinion, and who hears how promises were kept."""

from collections.abc import Mapping
from typing import Any

from ispbill.audit.services import one_row
from ispbill.core.acts import Act
from tickets.models import SupportSettings


def change(*, values: Mapping[str, Any], act: Act) -> SupportSettings:
    """Change the settings, with a reason. Raises ReasonMissing."""
    return one_row.change(
        SupportSettings, values=values, action="support_settings.changed", act=act
    )


def held() -> SupportSettings:
    """Return the one row; it is made when somebody first changes it."""
    return SupportSettings.objects.get_or_create(pk=1)[0]
