"""Which columns the figures have, in one place for those who write, read and prove them."""

CELL = ("branch_id", "area_id", "package_id", "reseller_id")

COUNTS = (
    "services_change", "customers_change", "new_count", "expansion_count", "contraction_count",
    "returned_count", "resumed_count", "churned_count", "paused_count", "moved_count",
    "added_count", "cancelled_count",
)  # fmt: skip
MOVEMENTS = (
    "new_amount", "expansion_amount", "contraction_amount", "returned_amount", "resumed_amount",
    "churned_amount", "paused_amount", "moved_amount",
)  # fmt: skip
MONEY = (
    "billed_net_amount", "billed_tax_amount", "collected_amount", "returned_money_amount",
    "credited_amount", "written_off_amount", "other_amount",
)  # fmt: skip
FLOWS = COUNTS + MOVEMENTS + MONEY

STOCKS = ("services", "customers", "paused_services", "monthly_amount")
AGEING = ("not_due_amount", "due_30_amount", "due_60_amount", "due_90_amount", "due_older_amount")
COLLECTION = ("due_amount", "due_paid_amount")

# How a movement enters the law: what is added to recurring revenue, what is taken off.
ADDING = ("new_amount", "expansion_amount", "returned_amount", "resumed_amount", "moved_amount")
TAKING = ("contraction_amount", "churned_amount", "paused_amount")
