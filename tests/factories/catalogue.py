"""What is sold beside the line, how it is taxed, and prices that differ from the list."""

from datetime import UTC, date, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory
from psycopg.types.range import DateRange

from billing.pricing.models import Discount, PriceChange, PriceStep, Promotion
from customers.models import Addon, Fee, SubscriptionAddon, TaxClass, TaxRate
from tests.factories.customers import PackageFactory, SubscriptionFactory


class TaxClassFactory(DjangoModelFactory):
    class Meta:
        model = TaxClass

    code = factory.Sequence(lambda n: f"VAT{n}")
    name = "VAT 5 %"


class TaxRateFactory(DjangoModelFactory):
    class Meta:
        model = TaxRate

    tax_class = factory.SubFactory(TaxClassFactory)
    effective_from = date(2025, 1, 1)
    rate = Decimal("0.05")


class FeeFactory(DjangoModelFactory):
    class Meta:
        model = Fee

    code = factory.Sequence(lambda n: f"FEE{n}")
    name = "Reconnection"
    net_amount = Decimal("200.00")


class AddonFactory(DjangoModelFactory):
    class Meta:
        model = Addon

    code = factory.Sequence(lambda n: f"ADD{n}")
    name = "Fixed address"
    kind = "STATIC_IP"
    price_amount = Decimal("150.00")


class SubscriptionAddonFactory(DjangoModelFactory):
    class Meta:
        model = SubscriptionAddon

    subscription = factory.SubFactory(SubscriptionFactory)
    customer = factory.SelfAttribute("subscription.customer")
    addon = factory.SubFactory(AddonFactory)
    price_amount = factory.SelfAttribute("addon.price_amount")
    starts_on = date(2026, 1, 1)
    created_at = datetime(2026, 1, 1, tzinfo=UTC)


class PromotionFactory(DjangoModelFactory):
    class Meta:
        model = Promotion

    name = "Welcome"
    rate = Decimal("0.10")
    valid_from = date(2026, 1, 1)


class DiscountFactory(DjangoModelFactory):
    class Meta:
        model = Discount

    subscription = factory.SubFactory(SubscriptionFactory)
    customer = factory.SelfAttribute("subscription.customer")
    label = "Loyalty"
    rate = Decimal("0.10")
    span = DateRange(date(2026, 1, 1), None)
    reason = "because she stayed with us"
    granted_at = datetime(2026, 1, 1, tzinfo=UTC)


class PriceChangeFactory(DjangoModelFactory):
    class Meta:
        model = PriceChange

    package = factory.SubFactory(PackageFactory)
    cycle = "MONTHLY"
    effective_from = date(2026, 2, 1)
    net_amount = Decimal("1100.00")
    gross_amount = Decimal("1265.00")
    scope = "ALL"
    reason = "upstream became dearer"
    created_at = datetime(2026, 1, 1, tzinfo=UTC)


class PriceStepFactory(DjangoModelFactory):
    class Meta:
        model = PriceStep

    subscription = factory.SubFactory(SubscriptionFactory)
    customer = factory.SelfAttribute("subscription.customer")
    from_on = date(2026, 2, 1)
    price_amount = Decimal("1100.00")
