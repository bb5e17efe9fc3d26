from django.db import models


class Recognition(models.Model):
    """Revenue of long periods taken as earned: what one run moved out of 2400 for one branch.

    The entry in the books (kind RECOGNITION) is its truth; this row is what the entry is about.
    """

    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="+")
    as_of = models.DateField()  # earned up to the end of this company date
    amount = models.DecimalField(max_digits=14, decimal_places=2)  # negative: reversed
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="recognition_as_of", fields=["branch", "-as_of"])]

    def __str__(self) -> str:
        return f"{self.branch_id} {self.as_of} {self.amount}"
