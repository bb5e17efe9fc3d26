"""What the company can choose for itself: money, tax, time, languages, billing rules."""

import time
from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.cache import cache
from django.db import models
from django.utils.translation import gettext_lazy as _

_CACHE_KEY = "core:company"


def _limit(amount: Decimal | None) -> "models.DecimalField[Decimal | None, Decimal | None]":
    return models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True, default=amount
    )


class Company(models.Model):
    """The one row of company settings; change it through `accounts.services.company`."""

    class NumberStyle(models.TextChoices):
        BDT = "BDT", "৳ 12,34,567.50"
        ZAR = "ZAR", "R 1 234 567,50"
        ZAR_DOT = "ZAR_DOT", "R 1,234,567.50"
        INR = "INR", "₹ 12,34,567.50"

    class Proration(models.TextChoices):
        ANCHOR = "ANCHOR", _("By the day of the billing period")
        FIXED30 = "FIXED30", _("Fixed month of 30 days")
        CALENDAR = "CALENDAR", _("By the day of the calendar month")

    class FirstBill(models.TextChoices):
        ON_ACTIVATION = "ON_ACTIVATION", _("Invoice on the day of activation")
        WITH_NEXT_RUN = "WITH_NEXT_RUN", _("Together with the next billing run")

    class Reactivation(models.TextChoices):
        NOTHING_OVERDUE = "NOTHING_OVERDUE", _("When no overdue amount remains")
        ANY_PAYMENT = "ANY_PAYMENT", _("On any payment")
        NEVER = "NEVER", _("Only by hand")

    class PrepaidStart(models.TextChoices):
        ROLLING = "ROLLING", _("A whole period from the day of renewal")
        BILLING_DAY = "BILLING_DAY", _("Up to the billing day, which stays")

    class FieldPin(models.TextChoices):
        NOBODY = "NOBODY", _("Nobody must; anybody may")
        COLLECTORS = "COLLECTORS", _("Whoever takes money")
        EVERYBODY = "EVERYBODY", _("Everybody in the field")

    class EarlyTermination(models.TextChoices):
        NONE = "NONE", _("No fee")
        FIXED = "FIXED", _("A fixed fee")
        REMAINING = "REMAINING", _("What the rest of the contract would cost")

    name = models.CharField(max_length=120)
    legal_name = models.CharField(max_length=160, blank=True)
    address = models.TextField(blank=True)
    phone = models.CharField(max_length=32, blank=True)
    email = models.EmailField(blank=True)
    website = models.CharField(max_length=120, blank=True)
    tax_number = models.CharField(max_length=40, blank=True)
    registration_number = models.CharField(max_length=40, blank=True, db_default="")
    bank_details = models.TextField(blank=True)
    brand_colour = models.CharField(max_length=7, default="#0B5FBF")

    currency = models.CharField(max_length=3, default="BDT")
    number_style = models.CharField(max_length=8, choices=NumberStyle.choices, default="BDT")
    hides_zero_decimals = models.BooleanField(default=False)
    time_zone = models.CharField(max_length=64, default="Asia/Dhaka")
    phone_region = models.CharField(max_length=2, default="BD")
    default_language = models.CharField(max_length=5, default="en")
    uses_bangla_digits = models.BooleanField(default=False)
    # Days of rest of each week (Monday is 0): with the holidays, no business days.
    rest_weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)

    tax_name = models.CharField(max_length=20, default="VAT")
    tax_rate = models.DecimalField(max_digits=6, decimal_places=5, default=Decimal("0.15"))

    invoice_lead_days = models.PositiveSmallIntegerField(default=7)
    grace_days = models.PositiveSmallIntegerField(default=3)
    reminder_offsets = models.JSONField(default=list)  # days relative to the due date: [-3, -1, 0]
    proration = models.CharField(max_length=8, choices=Proration.choices, default="ANCHOR")
    first_bill = models.CharField(max_length=16, choices=FirstBill.choices, default="ON_ACTIVATION")
    reactivation = models.CharField(
        max_length=16, choices=Reactivation.choices, default="NOTHING_OVERDUE"
    )
    suspend_from_hour = models.PositiveSmallIntegerField(default=0)
    suspend_until_hour = models.PositiveSmallIntegerField(default=24)
    minimum_suspend_amount = models.DecimalField(
        max_digits=14, decimal_places=2, default=Decimal("0.00")
    )
    # Whether new periods are billed while a service is cut off for non-payment.
    bills_while_cut_off = models.BooleanField(default=False)
    prices_include_tax = models.BooleanField(default=False)  # how staff enter a price
    price_notice_days = models.PositiveSmallIntegerField(default=30)  # before a price changes
    # Revenue of quarters and years is earned day by day (account 2400), not when it is billed.
    defers_revenue = models.BooleanField(default=True)
    # Prepaid: where a new period begins after days off, how long a line stays open past its
    # expiry (hours), how many days before it who has too little credit is told, and how many days
    # staff may give away without a second person's consent.
    prepaid_start = models.CharField(max_length=11, choices=PrepaidStart.choices, default="ROLLING")
    prepaid_grace_hours = models.PositiveSmallIntegerField(default=0)
    prepaid_reminder_days = models.JSONField(default=list)
    prepaid_gift_days = models.PositiveSmallIntegerField(default=3)
    # Above these a second person approves (with tax); None: one person is enough.
    credit_limit_amount = _limit(Decimal("5000.00"))
    write_off_limit_amount = _limit(Decimal("1000.00"))
    charge_limit_amount = _limit(Decimal("20000.00"))
    refund_limit_amount = _limit(Decimal("2000.00"))
    deposit_limit_amount = _limit(Decimal("5000.00"))
    # Who worked a day out (a dry run) may not approve it.
    dry_runs_need_second = models.BooleanField(default=True)
    payout_limit_amount = _limit(Decimal("5000.00"))  # commissions paid out to a reseller
    # Resellers: whether their share is reckoned from the payment or from what of it is no tax.
    commission_excludes_tax = models.BooleanField(default=False)
    # Customers who bring customers: what each of them gets, from which first payment on, and how
    # many days after the friend came.
    rewards_referrals = models.BooleanField(default=False)
    referrer_reward_amount = models.DecimalField(
        max_digits=14, decimal_places=2, default=Decimal("200.00")
    )
    friend_reward_amount = models.DecimalField(
        max_digits=14, decimal_places=2, default=Decimal("0.00")
    )
    referral_minimum_amount = models.DecimalField(
        max_digits=14, decimal_places=2, default=Decimal("0.00")
    )
    referral_valid_days = models.PositiveSmallIntegerField(default=90)
    # So many friends are rewarded to one customer in a calendar year; None: any number.
    referral_yearly_cap = models.PositiveSmallIntegerField(null=True, blank=True, default=20)
    # Orders of a former system: a share matched to customers below this percentage is a warning.
    legacy_match_percent = models.PositiveSmallIntegerField(default=95, db_default=95)
    # Whose app in the field is locked by a PIN; the others may set one.
    field_pin = models.CharField(
        max_length=10,
        choices=FieldPin.choices,
        default=FieldPin.COLLECTORS,
        db_default="COLLECTORS",
    )
    # The cash desk. Without the first, a shift opens by itself with the first cash; None: no limit.
    needs_open_shift = models.BooleanField(default=False)
    largest_float_amount = _limit(None)
    largest_cash_held_amount = _limit(None)  # of one person, before a hand-over is demanded
    largest_cashier_cash_amount = _limit(None)  # one cash payment taken by a cashier
    largest_office_cash_amount = _limit(None)  # one cash payment taken by other office staff
    # Per kind of suspension: {"TECHNICAL": {"is_billed": false, "is_credited": true}, …};
    # a kind that is left out has its usual rule (`billing.dunning.rules.suspension_kinds`).
    suspension_rules = models.JSONField(default=dict, blank=True)
    quote_valid_hours = models.PositiveSmallIntegerField(default=72)
    credits_on_termination = models.BooleanField(default=True)
    early_termination = models.CharField(
        max_length=16, choices=EarlyTermination.choices, default="NONE"
    )
    early_termination_amount = models.DecimalField(
        max_digits=14, decimal_places=2, default=Decimal("0.00")
    )
    # A service that would get more periods than this in one run is put on hold and shown.
    max_periods_a_run = models.PositiveSmallIntegerField(default=24)
    undo_seconds = models.PositiveSmallIntegerField(default=60)
    updated_at = models.DateTimeField(auto_now=True)

    _cached_seconds: ClassVar[int] = 60  # shared cache; saved changes clear it at once
    _remembered_seconds: ClassVar[float] = 1.0  # this process: every formatted amount asks
    _remembered: ClassVar[tuple[float, "Company"] | None] = None

    class Meta:
        verbose_name_plural = "company"
        constraints = [
            models.CheckConstraint(name="company_is_one_row", condition=models.Q(pk=1)),
            models.CheckConstraint(
                name="company_tax_rate_is_a_fraction",
                condition=models.Q(tax_rate__gte=0) & models.Q(tax_rate__lt=1),
            ),
            models.CheckConstraint(
                name="company_rests_three_days_at_most",
                condition=models.Q(rest_weekdays__len__lte=3)
                & models.Q(rest_weekdays__contained_by=list(range(7))),
            ),
            models.CheckConstraint(
                name="company_legacy_match_is_a_percentage",
                condition=models.Q(legacy_match_percent__lte=100),
            ),
            models.CheckConstraint(
                name="company_suspend_window_is_a_span",
                condition=models.Q(suspend_from_hour__lt=models.F("suspend_until_hour"))
                & models.Q(suspend_until_hour__lte=24),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "Company":
        """Return the company's settings, at most a second old in this process."""
        if cls._remembered is not None and cls._remembered[0] > time.monotonic():
            return cls._remembered[1]
        company: Company | None = cache.get(_CACHE_KEY)
        if company is None:
            company, _created = cls.objects.get_or_create(
                pk=1,
                defaults={
                    "name": "My ISP",
                    "reminder_offsets": [-3, -1, 0],
                    "rest_weekdays": [5, 6],
                    "prepaid_reminder_days": [3, 1],
                },
            )
            cache.set(_CACHE_KEY, company, timeout=cls._cached_seconds)
        cls._remembered = (time.monotonic() + cls._remembered_seconds, company)
        return company

    @classmethod
    def forget_cached(cls) -> None:
        """Drop the cached copies; to be called after the change is committed."""
        cls._remembered = None
        cache.delete(_CACHE_KEY)
