from billing.run.models.billing_run import BillingRun
from billing.run.models.dry_run import DryRun, DryRunPart
from billing.run.models.finding import AcceptedFinding

__all__ = ["AcceptedFinding", "BillingRun", "DryRun", "DryRunPart"]
