from resellers.models.reseller import Reseller

__all__ = ["Reseller"]
