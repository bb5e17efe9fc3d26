"""The floor's own models; those of its rooms come after, so that Django finds them."""

from network.models.access import Access, Leftover, RouterLog
from network.models.method import Method
from network.models.protocol_note import ProtocolNote
from network.models.router import Router, RouterSilence

import network.addresses.models  # isort: skip
import network.drift.models  # isort: skip
import network.fup.models  # isort: skip
import network.interstellio.models  # isort: skip
import network.outages.models  # isort: skip
import network.radius.models  # isort: skip
import network.speedtest.models  # isort: skip
import network.takeover.models  # isort: skip
import network.usage.models  # noqa: F401  # isort: skip

__all__ = ["Access", "Leftover", "Method", "ProtocolNote", "Router", "RouterLog", "RouterSilence"]
