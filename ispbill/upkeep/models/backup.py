from django.db import models


class Backup(models.Model):
    """A copy of database and files that was written whole; `verified_at` once it was restored."""

    name = models.CharField(max_length=120, unique=True)  # of the file, in BACKUP_DIR
    taken_at = models.DateTimeField()  # the moment of its snapshot, real time
    seconds = models.PositiveIntegerField()  # it took
    size = models.BigIntegerField()  # bytes, sealed
    row_count = models.BigIntegerField()
    file_count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)  # of the facts (rules.facts), hex
    version = models.CharField(max_length=40)
    removed_at = models.DateTimeField(null=True)  # by the retention; the row stays
    verified_at = models.DateTimeField(null=True)  # last restored and proved, real time
    verify_seconds = models.PositiveIntegerField(null=True)
    problem = models.TextField(blank=True)  # what the last verification found; "" is well

    class Meta:
        indexes = [models.Index(fields=["-taken_at"], name="backup_taken_at")]
        constraints = [
            models.CheckConstraint(
                name="backup_digest_is_sha256", condition=models.Q(digest__regex=r"^[0-9a-f]{64}$")
            )
        ]

    def __str__(self) -> str:
        return self.name
