from network.drift.models.finding import DriftFinding
from network.drift.models.look import DriftLook

__all__ = ["DriftFinding", "DriftLook"]
