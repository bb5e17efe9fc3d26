from network.outages.models.outage import Outage, OutageScope, OutageTold, OutageUpdate
from network.outages.models.settings import OutageSettings
from network.outages.models.uptime import UptimeMonth

__all__ = ["Outage", "OutageScope", "OutageSettings", "OutageTold", "OutageUpdate", "UptimeMonth"]
