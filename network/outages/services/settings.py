"""How outages are proposed, credited and judged."""

from collections.abc import Mapping
from typing import Any

from ispbill.audit.services import one_row
from ispbill.core.acts import Act
from network.outages.models import OutageSettings


def change(*, values: Mapping[str, Any], act: Act) -> OutageSettings:
    """Change the settings, with a reason. Raises ReasonMissing."""
    return one_row.change(OutageSettings, values=values, action="outage_settings.changed", act=act)
