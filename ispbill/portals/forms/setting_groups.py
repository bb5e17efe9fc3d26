"""The company's settings in groups, as the page shows them, and which of them ask for a proof."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.dunning.rules.suspension_kinds import rule_of
from ispbill.core.models import Company


@dataclass(frozen=True)
class Group:
    """Fields under one heading."""

    key: str
    label: str | Promise
    names: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the company's columns behind the fields."""
        return tuple(_COLUMNS.get(name, name) for name in self.names)


_COLUMNS = {
    "tax_percent": "tax_rate",
    "reminder_days": "reminder_offsets",
    "prepaid_reminders": "prepaid_reminder_days",
} | {
    f"off_{kind}": "suspension_rules"
    for kind in ("customer_request", "technical", "fraud", "policy", "other")
}
# Kinds of suspension whose money rule the company may choose; the others have one of their own.
OFF_KINDS = ("CUSTOMER_REQUEST", "TECHNICAL", "FRAUD", "POLICY", "OTHER")
OFF_RULES = (
    ("BILLED", _("Billed")),
    ("CREDITED", _("Not billed; billed days are credited on return")),
    ("FREE", _("Not billed; what was billed before stays billed")),
)
GROUPS = (
    Group("who", _("Company"), ("name", "legal_name", "address", "phone", "email", "website",
                                "tax_number", "registration_number", "bank_details",
                                "brand_colour")),
    Group("words", _("Money, time and language"), (
        "currency", "number_style", "hides_zero_decimals", "time_zone", "phone_region",
        "default_language", "uses_bangla_digits",
        "rest_weekdays")),
    Group("tax", _("Tax"), ("tax_name", "tax_percent", "prices_include_tax")),
    Group("billing", _("Billing rules"), (
        "invoice_lead_days", "proration", "first_bill", "defers_revenue", "reminder_days",
        "price_notice_days")),
    Group("dunning", _("When a bill is not paid"), (
        "grace_days", "suspend_from_hour", "suspend_until_hour", "minimum_suspend_amount",
        "bills_while_cut_off", "reactivation")),
    Group("prepaid", _("Prepaid"), (
        "prepaid_start", "prepaid_grace_hours", "prepaid_reminders", "prepaid_gift_days")),
    Group("lives", _("Changes, pauses and ends of services"), (
        "quote_valid_hours", *(f"off_{kind.lower()}" for kind in OFF_KINDS),
        "credits_on_termination", "early_termination", "early_termination_amount")),
    Group("partners", _("Resellers and referrals"), (
        "commission_excludes_tax", "rewards_referrals", "referrer_reward_amount",
        "friend_reward_amount", "referral_minimum_amount", "referral_valid_days",
        "referral_yearly_cap", "legacy_match_percent")),
    Group("desk", _("Cash desk"), (
        "undo_seconds", "needs_open_shift", "largest_float_amount", "largest_cash_held_amount",
        "largest_cashier_cash_amount", "largest_office_cash_amount")),
    Group("field", _("In the field"), ("field_pin",)),
    Group("second", _("Second person"), (
        "credit_limit_amount", "write_off_limit_amount", "charge_limit_amount",
        "refund_limit_amount", "deposit_limit_amount", "payout_limit_amount",
        "dry_runs_need_second")),
)  # fmt: skip


# Where customers send their money, and what needs a second person: changed with a fresh proof only.
PROVEN = {"bank_details", *GROUPS[-1].names}


def rule_word(company: Company, kind: str) -> str:
    """Return the word of OFF_RULES for how days off of a kind are billed."""
    rule = rule_of(kind, company.suspension_rules, bills_while_cut_off=False)
    if rule.is_billed:
        return "BILLED"
    return "CREDITED" if rule.is_credited else "FREE"
