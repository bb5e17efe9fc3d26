from ispbill.upkeep.models.alarm import Alarm
from ispbill.upkeep.models.backup import Backup
from ispbill.upkeep.models.erasure import Erasure

__all__ = ["Alarm", "Backup", "Erasure"]
