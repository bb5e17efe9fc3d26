from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Category(models.Model):
    """What a ticket is about. The company's own list; the first ones come with the product."""

    code = models.SlugField(max_length=30)
    name = models.CharField(max_length=60)
    local_name = models.CharField(max_length=60, blank=True)
    hint = models.CharField(max_length=200, blank=True)  # shown to the customer before writing
    position = models.PositiveSmallIntegerField(default=0)
    weight = models.PositiveSmallIntegerField(default=1)  # points of one that was resolved
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="ticket_category_once", fields=["code"])]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """People who share the tickets of some categories, of one branch or of all."""

    class Mode(models.TextChoices):
        ROUND_ROBIN = "ROUND_ROBIN", _("In turn")
        MANUAL = "MANUAL", _("By hand")

    name = models.CharField(max_length=60)
    branch = models.ForeignKey(
        "accounts.Branch", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    categories = models.ManyToManyField(Category, related_name="teams", blank=True)
    mode = models.CharField(max_length=12, choices=Mode.choices, default=Mode.ROUND_ROBIN)
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="team_name_once", fields=["name"])]

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    """Somebody of a team; `last_auto_at` is when the system last gave this one a ticket."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="team_memberships"
    )
    away_since = models.DateTimeField(null=True, blank=True)
    last_auto_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="team_member_once", fields=["team", "user"])]
        indexes = [
            models.Index(
                name="team_member_away", fields=["user"], condition=Q(away_since__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} of {self.team_id}"
