from billing.changes.models.pause_request import PauseRequest
from billing.changes.models.planned_move import PlannedMove

__all__ = ["PauseRequest", "PlannedMove"]
