from billing.pricing.models.day_exception import DayException
from billing.pricing.models.package_change import PackageChange, PackageChangeBatch
from billing.pricing.models.pricing import Discount, PriceChange, PriceStep, Promotion

__all__ = [
    "DayException",
    "Discount",
    "PackageChange",
    "PackageChangeBatch",
    "PriceChange",
    "PriceStep",
    "Promotion",
]
