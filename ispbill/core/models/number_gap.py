from django.db import models


class NumberGap(models.Model):
    """Numbers of a series that were left out on purpose, so that none is given out twice."""

    series = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()  # 0 for series that run on over the years
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="number_gap_is_a_span", condition=models.Q(last__gte=models.F("first"))
            ),
            models.UniqueConstraint(name="number_gap_once", fields=["series", "year", "first"]),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.first} to {self.last}"
