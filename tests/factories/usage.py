"""Usage that somebody typed in a file."""

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from network.usage.models import UsageFile
from tests.factories.accounts import UserFactory


class UsageFileFactory(DjangoModelFactory):
    class Meta:
        model = UsageFile

    name = "january.csv"
    uploaded_by = factory.SubFactory(UserFactory)
    uploaded_at = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
