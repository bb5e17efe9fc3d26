"""The gateways we have an account with."""

from django.db import models
from django.db.models import Q


class GatewayAccount(models.Model):
    """Our account with a provider. Its `slug` is part of the addresses the provider calls.

    `sealed_credentials` is JSON sealed for the slug (`services.gateways.accounts`): never shown
    again, never logged.
    """

    class Provider(models.TextChoices):
        SSLCOMMERZ = "SSLCOMMERZ", "SSLCommerz"
        BKASH = "BKASH", "bKash"
        NAGAD = "NAGAD", "Nagad"
        NETCASH = "NETCASH", "NetCash"

    slug = models.SlugField(max_length=30)
    provider = models.CharField(max_length=12, choices=Provider.choices)
    name = models.CharField(max_length=60)  # what customers read: "bKash, Nagad or card"
    base_url = models.CharField(max_length=200)  # without a slash at the end
    sealed_credentials = models.TextField(blank=True)
    is_live = models.BooleanField(default=False)
    is_enabled = models.BooleanField(default=False)
    went_live_at = models.DateTimeField(null=True)  # offered, and real money moves: since when
    position = models.PositiveSmallIntegerField(default=0)
    # Fees the provider keeps, to compare with its settlement; a fraction of the amount.
    fee_rate = models.DecimalField(max_digits=9, decimal_places=6, default=0)
    tested_at = models.DateTimeField(null=True)
    is_test_passed = models.BooleanField(null=True)
    test_words = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="gateway_slug_once", fields=["slug"]),
            models.CheckConstraint(
                name="gateway_enabled_has_credentials",
                condition=Q(is_enabled=False) | ~Q(sealed_credentials=""),
            ),
            models.CheckConstraint(
                name="gateway_live_is_encrypted",
                condition=Q(is_live=False) | Q(base_url__startswith="https://"),
            ),
        ]

    def __str__(self) -> str:
        return self.name
