from network.radius.models.inbox import RadiusAnswer, RadiusRecord
from network.radius.models.nas import RadiusNas
from network.radius.models.session import RadiusSession
from network.radius.models.settings import RadiusSettings
from network.radius.models.user import RadiusUser

__all__ = [
    "RadiusAnswer", "RadiusNas", "RadiusRecord", "RadiusSession", "RadiusSettings", "RadiusUser",
]  # fmt: skip
