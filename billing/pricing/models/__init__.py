from billing.pricing.models.contract_terms import ContractTerms
from billing.pricing.models.day_exception import DayException
from billing.pricing.models.package_change import PackageChange, PackageChangeBatch
from billing.pricing.models.pricing import Discount, PriceChange, PriceStep, Promotion

__all__ = [
    "ContractTerms",
    "DayException",
    "Discount",
    "PackageChange",
    "PackageChangeBatch",
    "PriceChange",
    "PriceStep",
    "Promotion",
]
