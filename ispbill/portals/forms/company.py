"""The company's settings as people type them: percent instead of fractions, days in a row."""

import re
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from billing.dunning.forms.policies import WEEKDAYS
from customers.models import Suspension
from ispbill.audit.forms import ReasonField
from ispbill.core.fields import NumberField, formfield
from ispbill.core.models import Company
from ispbill.portals.forms.setting_groups import GROUPS, OFF_KINDS, OFF_RULES, Group, rule_word

_OFFSETS = re.compile(r"^\s*[-−]?\d{1,2}\s*(,\s*[-−]?\d{1,2}\s*)*$")


class Settings(forms.ModelForm):  # type: ignore[type-arg]
    """Reads and checks the fields; saving is `accounts.services.company.change`'s."""

    tax_percent = NumberField(
        label=_("Tax rate in percent"),
        min_value=0,
        max_value=Decimal("99.99"),
        decimal_places=3,
        help_text=_("Added on top of prices. Bills already issued keep the rate they have."),
    )
    reminder_days = forms.CharField(
        label=_("Reminders, in days around the due date"),
        max_length=60,
        required=False,
        help_text=_("For example -3, -1, 0: three days before, one day before, on the day."),
    )
    prepaid_reminders = forms.CharField(
        label=_("Tell customers with too little credit, days before"),
        max_length=60,
        required=False,
        help_text=_("For example 3, 1: three days and one day before the time is over."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Bills, due dates and nightly jobs follow it.")
    )
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=[
            ("BDT", _("Bangladeshi taka (BDT)")),
            ("ZAR", _("South African rand (ZAR)")),
            ("INR", _("Indian rupee (INR)")),
        ],
        help_text=_("Only change it before the first bill."),
    )
    default_language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    rest_weekdays = forms.TypedMultipleChoiceField(
        label=_("Days of rest in the week"),
        required=False,
        coerce=int,
        choices=WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("With the holidays, these are no business days of notices and contracts."),
    )
    reason = ReasonField()

    class Meta:
        model = Company
        formfield_callback = formfield
        fields = (
            "name", "legal_name", "address", "phone", "email", "website", "tax_number",
            "registration_number",
            "bank_details", "brand_colour", "currency", "number_style", "hides_zero_decimals",
            "time_zone", "phone_region", "default_language", "uses_bangla_digits", "rest_weekdays",
            "tax_name", "legacy_match_percent", "field_pin",
            "prices_include_tax", "price_notice_days", "invoice_lead_days", "proration",
            "first_bill", "defers_revenue", "grace_days",
            "suspend_from_hour", "suspend_until_hour", "minimum_suspend_amount",
            "bills_while_cut_off", "reactivation",
            "undo_seconds", "needs_open_shift", "largest_float_amount",
            "largest_cash_held_amount", "largest_cashier_cash_amount",
            "largest_office_cash_amount", "credit_limit_amount", "write_off_limit_amount",
            "charge_limit_amount", "refund_limit_amount", "deposit_limit_amount",
            "dry_runs_need_second",
            "payout_limit_amount", "commission_excludes_tax", "rewards_referrals",
            "referrer_reward_amount", "friend_reward_amount", "referral_minimum_amount",
            "referral_valid_days", "referral_yearly_cap",
            "prepaid_start", "prepaid_grace_hours", "prepaid_gift_days", "quote_valid_hours",
            "credits_on_termination", "early_termination", "early_termination_amount",
        )  # fmt: skip
        labels = {
            "name": _("Name"),
            "legal_name": _("Legal name"),
            "address": _("Office address"),
            "phone": _("Phone"),
            "email": _("E-mail"),
            "website": _("Website"),
            "tax_number": _("BIN or VAT number"),
            "registration_number": _("Trade licence or company registration"),
            "bank_details": _("Bank and mobile money details"),
            "brand_colour": _("Brand colour"),
            "number_style": _("How amounts are written"),
            "hides_zero_decimals": _("Leave out .00 on screens"),
            "phone_region": _("Country of phone numbers"),
            "uses_bangla_digits": _("Bangla digits in Bangla texts"),
            "tax_name": _("Name of the tax"),
            "price_notice_days": _("Days customers are told before their price changes"),
            "prices_include_tax": _("Prices are usually typed with tax"),
            "invoice_lead_days": _("Days a bill is made ahead of its period"),
            "proration": _("Part of a period is charged"),
            "first_bill": _("The first bill of a service"),
            "defers_revenue": _("Quarters and years are earned day by day"),
            "grace_days": _("Days of grace after the due date"),
            "suspend_from_hour": _("Suspend from (hour)"),
            "suspend_until_hour": _("Suspend until (hour)"),
            "minimum_suspend_amount": _("Ignore debts below"),
            "bills_while_cut_off": _("Bill new periods while a service is cut off"),
            "reactivation": _("Switch on again"),
            "quote_valid_hours": _("Hours a package quote holds"),
            "credits_on_termination": _("Give unused billed days back when a service ends"),
            "early_termination": _("Ending before the contract does costs"),
            "early_termination_amount": _("Fixed fee for ending early, without tax"),
            "undo_seconds": _("Seconds a payment may be undone"),
            "needs_open_shift": _("Cash is only taken into a shift opened by hand"),
            "largest_float_amount": _("Largest float"),
            "largest_cash_held_amount": _("Most cash one person may hold"),
            "largest_cashier_cash_amount": _("Largest cash payment a cashier may take"),
            "largest_office_cash_amount": _("Largest cash payment other staff may take"),
            "credit_limit_amount": _("Credit notes above"),
            "write_off_limit_amount": _("Write-offs above"),
            "charge_limit_amount": _("One-off charges above"),
            "refund_limit_amount": _("Refunds above"),
            "deposit_limit_amount": _("Deposits paid back above"),
            "payout_limit_amount": _("Payouts to resellers above"),
            "commission_excludes_tax": _("Commissions are reckoned without tax"),
            "rewards_referrals": _("Reward customers who bring customers"),
            "referrer_reward_amount": _("Credit for the customer who brings another"),
            "friend_reward_amount": _("Credit for the customer who comes"),
            "referral_minimum_amount": _("First payment of at least"),
            "referral_valid_days": _("Days a friend has to pay first"),
            "referral_yearly_cap": _("Most friends a customer is credited for in a year"),
            "legacy_match_percent": _("Warn when fewer legacy orders are matched than, in percent"),
            "field_pin": _("Who must lock the app with a PIN"),
            "dry_runs_need_second": _("A test run is approved by somebody else"),
            "prepaid_start": _("After days off a new period is"),
            "prepaid_grace_hours": _("Hours of grace after the time is over"),
            "prepaid_gift_days": _("Days one person may give"),
        }
        help_texts = {
            "legal_name": _("As registered; printed under the name on bills when it differs."),
            "address": _("Printed on bills and shown to customers as the place to pay."),
            "phone": _("Shown to customers wherever they may need help."),
            "tax_number": _("With a number, bills are headed “Tax invoice”."),
            "bank_details": _("How customers pay you: printed on bills and shown in the portal."),
            "brand_colour": _("The line on bills. Dark enough for white text: 4.5 to 1."),
            "phone_region": _("Two letters; numbers typed without a country code belong to it."),
            "price_notice_days": _("30: a price from 1 March is announced on 30 January."),
            "prices_include_tax": _("Only what the form starts with; each price says which it is."),
            "defers_revenue": _(
                "Their bills go to account 2400 first; a nightly job takes each day as revenue."
            ),
            "invoice_lead_days": _("7: a bill for 5 February is made on 29 January."),
            "grace_days": _("3: a bill due on the 5th cuts the line on the 9th."),
            "suspend_from_hour": _("0 to 23, in the company's time."),
            "suspend_until_hour": _("1 to 24; 0 and 24 mean at any hour."),
            "minimum_suspend_amount": _(
                "Who owes less past the due date is not reminded and not suspended, and a suspended"
                " line is switched on again. It stays owed. 0.00: every debt counts."
            ),
            "quote_valid_hours": _("What is shown is what is charged, for so long."),
            "credits_on_termination": _("By credit note, from the first day without the service."),
            "early_termination_amount": _("Only when a fixed fee is chosen."),
            "credit_limit_amount": _(
                "With tax. Above it somebody else has to approve; empty: one person is enough."
            ),
            "write_off_limit_amount": _("With tax; empty: one person is enough."),
            "charge_limit_amount": _("With tax; empty: one person is enough."),
            "needs_open_shift": _("Otherwise a shift opens by itself with the first cash."),
            "largest_float_amount": _("Change out of the safe for one shift. Empty: no limit."),
            "largest_cash_held_amount": _(
                "Above it no more cash is taken until some is handed over. Empty: no limit."
            ),
            "largest_cashier_cash_amount": _("At once, in cash. Empty: no limit."),
            "largest_office_cash_amount": _(
                "Of billing officers and branch managers; the owner has none. Empty: no limit."
            ),
            "refund_limit_amount": _("Empty: one person is enough."),
            "deposit_limit_amount": _("Empty: one person is enough."),
            "payout_limit_amount": _("Empty: one person is enough."),
            "rewards_referrals": _("Who comes while it is on is rewarded by these terms."),
            "friend_reward_amount": _("0: only the customer who brings another gets something."),
            "dry_runs_need_second": _(
                "Who worked the day out cannot approve it. Off where one person does the billing."
            ),
            "field_pin": _(
                "Asked for when the app is opened and after five minutes away. It keeps eyes off; a"
                " lost phone is ended under Field, Phones."
            ),
            "prepaid_grace_hours": _(
                "48: a line open two days longer; they are taken off the next period. "
                "Lines are closed in the hours of suspension above."
            ),
            "prepaid_gift_days": _("More days need the approval of a second person."),
        }
        widgets = {
            "address": forms.Textarea(attrs={"rows": 3}),
            "bank_details": forms.Textarea(attrs={"rows": 3}),
            "brand_colour": forms.TextInput(attrs={"type": "color", "class": "form-control-color"}),
        }

    def __init__(self, *args: Any, has_own_ladder: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_own_ladder = has_own_ladder
        zones = sorted(available_timezones() | {self.instance.time_zone})
        self.fields["time_zone"].choices = [(zone, zone) for zone in zones]  # type: ignore[attr-defined]
        self.fields["legacy_match_percent"].validators.append(MaxValueValidator(100))
        for name in ("referrer_reward_amount", "friend_reward_amount", "referral_minimum_amount"):
            self.fields[name].validators.append(MinValueValidator(0))
        for kind in OFF_KINDS:
            self.fields[f"off_{kind.lower()}"] = forms.ChoiceField(
                label=_("Days off: %(kind)s") % {"kind": Suspension.Kind(kind).label},
                choices=OFF_RULES,
                initial=rule_word(self.instance, kind),
            )
        rate = (self.instance.tax_rate * 100).normalize()
        self.fields["tax_percent"].initial = f"{rate:f}"
        self.fields["reminder_days"].initial = ", ".join(map(str, self.instance.reminder_offsets))
        if self.has_own_ladder:
            self.fields["reminder_days"].disabled = True
            self.fields["reminder_days"].help_text = _(
                "Set under Billing, Dunning policies: the company has a ladder of its own."
            )
        self.fields["prepaid_reminders"].initial = ", ".join(
            map(str, self.instance.prepaid_reminder_days)
        )

    def clean_rest_weekdays(self) -> list[int]:
        days: list[int] = sorted(self.cleaned_data["rest_weekdays"])
        if len(days) > 3:
            raise forms.ValidationError(_("At most three days of a week are days of rest."))
        return days

    def clean_phone_region(self) -> str:
        region = str(self.cleaned_data["phone_region"]).upper()
        if not re.fullmatch("[A-Z]{2}", region):
            raise forms.ValidationError(_("Two letters, for example BD."))
        return region

    def clean_brand_colour(self) -> str:
        colour = str(self.cleaned_data["brand_colour"])
        if not re.fullmatch("#[0-9A-Fa-f]{6}", colour):
            raise forms.ValidationError(_("A colour such as #0B5FBF."))
        return colour.upper()

    def clean_time_zone(self) -> str:
        return ZoneInfo(self.cleaned_data["time_zone"]).key

    def clean_reminder_days(self) -> list[int]:
        text = self.cleaned_data["reminder_days"]
        if not text.strip():
            return []
        if not _OFFSETS.match(text):
            raise forms.ValidationError(_("Whole days with commas, for example -3, -1, 0."))
        return sorted({int(part.strip().replace("−", "-")) for part in text.split(",")})

    def clean_prepaid_reminders(self) -> list[int]:
        text = str(self.cleaned_data["prepaid_reminders"]).strip()
        if not text:
            return []
        if not re.fullmatch(r"\d{1,2}(\s*,\s*\d{1,2})*", text):
            raise forms.ValidationError(_("Whole days with commas, for example 3, 1."))
        return sorted({int(part) for part in text.split(",")}, reverse=True)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = cleaned.get("suspend_from_hour"), cleaned.get("suspend_until_hour")
        if start is not None and end is not None and not start < end <= 24:
            self.add_error("suspend_until_hour", _("The hours must be a span within one day."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return the fields of the company row."""
        given = {name: self.cleaned_data[name] for name in self.Meta.fields}
        given["tax_rate"] = self.cleaned_data["tax_percent"] / 100
        given["reminder_offsets"] = self.cleaned_data["reminder_days"]
        given["suspension_rules"] = {**self.instance.suspension_rules} | {
            kind: {
                "is_billed": self.cleaned_data[f"off_{kind.lower()}"] == "BILLED",
                "is_credited": self.cleaned_data[f"off_{kind.lower()}"] == "CREDITED",
            }
            for kind in OFF_KINDS
        }
        given["prepaid_reminder_days"] = self.cleaned_data["prepaid_reminders"]
        return given

    def groups(self) -> list[tuple[Group, list[BoundField]]]:
        """Return the fields under their headings."""
        return [(group, [self[name] for name in group.names]) for group in GROUPS]
