from billing.tills.models.cash import CashBanking, CashCount, CashMove
from billing.tills.models.day_close import DayClose
from billing.tills.models.handover import Handover
from billing.tills.models.shift import Shift

__all__ = ["CashBanking", "CashCount", "CashMove", "DayClose", "Handover", "Shift"]
