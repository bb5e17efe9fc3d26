from fieldservice.models.evidence import Material, Photo
from fieldservice.models.field_action import FieldAction
from fieldservice.models.visit import Visit
from fieldservice.models.work_order import WorkOrder

__all__ = ["FieldAction", "Material", "Photo", "Visit", "WorkOrder"]
