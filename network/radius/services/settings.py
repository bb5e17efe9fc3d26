"""How routers find our RADIUS server."""

from collections.abc import Mapping
from typing import Any

from ispbill.audit.services import one_row
from ispbill.core.acts import Act
from network.radius.models import RadiusSettings


def change(*, values: Mapping[str, Any], act: Act) -> RadiusSettings:
    """Change the settings, with a reason. Raises ReasonMissing."""
    return one_row.change(RadiusSettings, values=values, action="radius_settings.changed", act=act)


def held() -> RadiusSettings:
    """Return the one row; it is made when somebody first changes it."""
    return RadiusSettings.objects.get_or_create(pk=1)[0]
