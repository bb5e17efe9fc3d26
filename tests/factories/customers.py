"""Areas, packages, customers and their services."""

from datetime import UTC, date, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from customers.models import (
    Area,
    Campaign,
    Customer,
    Lead,
    Package,
    PackagePrice,
    Referral,
    ReferralCode,
    Subscription,
    TaxCertificate,
)
from customers.queries import directory
from customers.queries.directory import Filters
from tests.factories.accounts import BranchFactory

BORN = datetime(2025, 12, 1, 4, 0, tzinfo=UTC)


class AreaFactory(DjangoModelFactory):
    class Meta:
        model = Area

    name = factory.Sequence(lambda n: f"Area {n}")
    branch = factory.SubFactory(BranchFactory)


class TaxCertificateFactory(DjangoModelFactory):
    class Meta:
        model = TaxCertificate

    customer = factory.SubFactory("tests.factories.customers.CustomerFactory")
    number = factory.Sequence(lambda n: f"NBR/EX/{n}")
    valid_from = date(2026, 1, 1)
    valid_until = date(2026, 6, 30)
    file_name = "certificate.pdf"
    file_type = "application/pdf"
    file = b"%PDF-1.4 sample"
    sha256 = "0" * 64
    recorded_at = BORN


class PackageFactory(DjangoModelFactory):
    class Meta:
        model = Package

    code = factory.Sequence(lambda n: f"P{n}")
    name = factory.Sequence(lambda n: f"Home {n}")
    technology = Package.Technology.FIBER
    download_mbps = 30
    upload_mbps = 30


class PackagePriceFactory(DjangoModelFactory):
    class Meta:
        model = PackagePrice

    package = factory.SubFactory(PackageFactory)
    cycle = "MONTHLY"
    effective_from = date(2025, 1, 1)
    net_amount = Decimal("1000.00")
    tax_rate = Decimal("0.15")
    gross_amount = Decimal("1150.00")


class CustomerFactory(DjangoModelFactory):
    class Meta:
        model = Customer

    number = factory.Sequence(lambda n: f"CT-2026-{n:05d}")
    name = factory.Sequence(lambda n: f"Customer {n}")
    phone = factory.Sequence(lambda n: f"+88017{n:08d}")
    address = "House 1, Road 2"
    area = factory.SubFactory(AreaFactory)
    branch = factory.SelfAttribute("area.branch")
    customer_since = date(2025, 12, 1)
    created_at = BORN


class CampaignFactory(DjangoModelFactory):
    class Meta:
        model = Campaign

    name = factory.Sequence(lambda n: f"Campaign {n}")
    channel = "SMS"
    text = "Dear {name}, twice the speed."
    filters = factory.LazyFunction(lambda: directory.frozen(Filters()))
    created_by = factory.SubFactory("tests.factories.accounts.UserFactory")
    created_at = BORN


class SubscriptionFactory(DjangoModelFactory):
    class Meta:
        model = Subscription

    customer = factory.SubFactory(CustomerFactory)
    package = factory.SubFactory(PackageFactory)
    status = Subscription.Status.ACTIVE
    technology = "FIBER"
    billing_day = 5
    price_amount = Decimal("1000.00")
    download_mbps = 30
    upload_mbps = 30
    connection_id = factory.Sequence(lambda n: f"line{n}")
    activated_on = date(2025, 12, 5)
    created_at = BORN


class LeadFactory(DjangoModelFactory):
    class Meta:
        model = Lead

    name = factory.Sequence(lambda n: f"Lead {n}")
    phone = factory.Sequence(lambda n: f"+88018{n:08d}")
    branch = factory.SubFactory(BranchFactory)
    created_at = BORN


class ReferralCodeFactory(DjangoModelFactory):
    class Meta:
        model = ReferralCode

    customer = factory.SubFactory(CustomerFactory)
    code = factory.Sequence(lambda n: f"{n:08d}")
    made_at = BORN


class ReferralFactory(DjangoModelFactory):
    """A friend who came and has not paid; the friend's row says so too."""

    class Meta:
        model = Referral

    referrer = factory.SubFactory(CustomerFactory)
    referred = factory.SubFactory(CustomerFactory, referred_by=factory.SelfAttribute("..referrer"))
    referrer_amount = Decimal("200.00")
    friend_amount = Decimal("0.00")
    minimum_amount = Decimal("0.00")
    joined_at = BORN
    expires_on = date(2026, 12, 31)
