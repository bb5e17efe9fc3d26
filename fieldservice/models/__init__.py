"""The floor's own models; those of its room come after, so that Django finds them."""

from fieldservice.models.absence import Absence
from fieldservice.models.device import FieldDevice
from fieldservice.models.evidence import Material, Photo
from fieldservice.models.field_action import FieldAction
from fieldservice.models.field_file import FieldFile
from fieldservice.models.flag import FieldFlag
from fieldservice.models.swap_request import SwapRequest
from fieldservice.models.trial import LineTrial
from fieldservice.models.visit import Visit
from fieldservice.models.work_order import WorkOrder
from fieldservice.models.working_day import WorkingDay

import fieldservice.rounds.models  # isort: skip
import fieldservice.stock.models  # noqa: F401  # isort: skip

__all__ = [
    "Absence",
    "FieldAction",
    "FieldDevice",
    "FieldFile",
    "FieldFlag",
    "LineTrial",
    "Material",
    "Photo",
    "SwapRequest",
    "Visit",
    "WorkOrder",
    "WorkingDay",
]
