"""Sub-dealers."""

from decimal import Decimal

import factory

from ispbill.accounts.models import User
from resellers.models import Reseller
from tests.factories.accounts import BranchFactory, UserFactory


class ResellerFactory(factory.django.DjangoModelFactory[Reseller]):
    class Meta:
        model = Reseller

    user = factory.SubFactory(UserFactory, role=User.Role.RESELLER)
    name = factory.Sequence(lambda n: f"Reseller {n}")
    phone = "+8801711000009"
    branch = factory.SubFactory(BranchFactory)
    commission_rate = Decimal("0.10")
