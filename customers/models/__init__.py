from customers.models.area import Area
from customers.models.call import Call
from customers.models.campaign import Campaign, CampaignMember
from customers.models.catalogue import Addon, Fee, SubscriptionAddon, TaxClass, TaxRate
from customers.models.customer import AccountState, Customer, CustomerLogin, CustomerNote
from customers.models.duplicate import DuplicatePair, Merge
from customers.models.lead import Lead
from customers.models.package import Cycle, OttApp, Package, PackagePrice
from customers.models.referral import Referral, ReferralCode
from customers.models.subscription import Subscription, Suspension
from customers.models.tax_certificate import TaxCertificate
from customers.models.word import Word

__all__ = [
    "Addon",
    "Area",
    "Call",
    "Campaign",
    "CampaignMember",
    "Customer",
    "CustomerLogin",
    "CustomerNote",
    "Cycle",
    "Fee",
    "DuplicatePair",
    "Lead",
    "Merge",
    "OttApp",
    "Package",
    "PackagePrice",
    "Referral",
    "ReferralCode",
    "AccountState",
    "Subscription",
    "SubscriptionAddon",
    "Suspension",
    "TaxCertificate",
    "TaxClass",
    "TaxRate",
    "Word",
]
