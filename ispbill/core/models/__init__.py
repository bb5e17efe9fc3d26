from ispbill.core.models.company import Company
from ispbill.core.models.installed_guard import InstalledGuard
from ispbill.core.models.number_gap import NumberGap
from ispbill.core.models.number_sequence import NumberSequence
from ispbill.core.models.restoration import Restoration
from ispbill.core.models.simulated_clock import SimulatedClock

__all__ = [
    "Company",
    "InstalledGuard",
    "NumberGap",
    "NumberSequence",
    "Restoration",
    "SimulatedClock",
]
