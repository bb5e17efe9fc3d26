from billing.compensation.models.outage_credit import OutageCredit, OutageCrediting

__all__ = ["OutageCredit", "OutageCrediting"]
