from billing.prepaid.models.prepaid import BridgedDays, RenewalChoice

__all__ = ["BridgedDays", "RenewalChoice"]
