from network.takeover.models.user import FoundUser

__all__ = ["FoundUser"]
