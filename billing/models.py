"""Where Django finds the models of the rooms; everybody else imports a room's own."""

import billing.allocation.models
import billing.approvals.models
import billing.changes.models
import billing.compensation.models
import billing.dunning.models
import billing.invoices.models
import billing.ledger.models
import billing.prepaid.models
import billing.pricing.models
import billing.receivables.models
import billing.run.models
import billing.tills.models  # noqa: F401
