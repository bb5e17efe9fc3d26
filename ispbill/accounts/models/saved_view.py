from django.conf import settings
from django.db import models


class SavedView(models.Model):
    """A named set of filters of a list page; shared ones are seen by all staff."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    page = models.CharField(max_length=40)  # e.g. customers
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)  # the query string behind the question mark
    is_shared = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="saved_view_name_once", fields=["user", "page", "name"])
        ]

    def __str__(self) -> str:
        return self.name
