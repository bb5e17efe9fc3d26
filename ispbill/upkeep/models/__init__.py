from ispbill.upkeep.models.backup import Backup

__all__ = ["Backup"]
