"""Branches and people."""

import factory
from factory.django import DjangoModelFactory

from ispbill.accounts.models import Branch, User


class BranchFactory(DjangoModelFactory):
    class Meta:
        model = Branch

    code = factory.Sequence(lambda n: f"B{n}")
    name = factory.Sequence(lambda n: f"Branch {n}")


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    login = factory.Sequence(lambda n: f"staff{n}@demo.test")
    name = factory.Sequence(lambda n: f"Staff {n}")
    role = User.Role.OWNER
    password = factory.django.Password("Test-12345!")
