from django.db import models


class NumberSequence(models.Model):
    """The next free number of a series; locked inside the transaction that issues it."""

    series = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()  # 0 for series that run on over the years
    next_number = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="number_sequence_once_a_year", fields=["series", "year"]),
            models.CheckConstraint(
                name="number_sequence_starts_at_one", condition=models.Q(next_number__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.next_number}"
