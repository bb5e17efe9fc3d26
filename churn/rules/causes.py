"""Why invented customers leave (`churn.services.histories`): the causes a model has to find."""

BASE = -6.35  # the logit of leaving in a month without any
# What each cause adds to the logit of leaving in a month, for each unit of it.
CAUSES = {
    "late_bills": 0.55,
    "lateness_trend": 0.05,
    "overdue_days": 0.05,
    "tickets": 0.45,
    "reopened": 0.6,
    "outage_hours": 0.035,
    "usage_drop": 1.5,
    "slow": 1.0,
    "asked_less": 1.2,
    "price_rise": 0.8,
    "tenure": -0.45,
    "contract_ending": 0.9,
    "contract_longer": -1.0,
    "nps": 0.9,
    "rival": 0.6,
}
