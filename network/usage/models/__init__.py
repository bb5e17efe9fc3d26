from network.usage.models.alert import UsageAlert
from network.usage.models.manual import UsageFile, UsageFileRow
from network.usage.models.poll import UsageGap, UsagePoll, UsageSlot
from network.usage.models.session import LineSession, UsageCounter
from network.usage.models.totals import UsageDay, UsageHour, UsageSample

__all__ = [
    "LineSession", "UsageAlert", "UsageCounter", "UsageDay", "UsageFile", "UsageFileRow",
    "UsageGap", "UsageHour", "UsagePoll", "UsageSample", "UsageSlot",
]  # fmt: skip
