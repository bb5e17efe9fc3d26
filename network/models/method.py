from django.db import models
from django.utils.translation import gettext_lazy as _


class Method(models.TextChoices):
    """The way a line is brought to a customer on its router (docs/adr/0081)."""

    PPPOE = "PPPOE", _("PPPoE login")
    QUEUE = "QUEUE", _("Fixed address and queue")
    DHCP = "DHCP", _("DHCP lease by MAC")
    HOTSPOT = "HOTSPOT", _("Hotspot user")

    @property
    def has_login(self) -> bool:
        """Whether the customer signs in, with a password, into sessions that can be ended."""
        return self in (Method.PPPOE, Method.HOTSPOT)

    @property
    def has_queue(self) -> bool:
        """Whether its speed and its bytes are those of a queue of ours, on a fixed address."""
        return not self.has_login
