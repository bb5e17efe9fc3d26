from django.db import models


class RadiusUser(models.Model):
    """A line's sign-on at RADIUS: its password, sealed for FreeRADIUS; what its session was told.

    `password_generation` is the desired state that brought the password. An acknowledged order
    (`told_generation`, `told_at`) is no proof: accounting after it is. `is_alone`: no local user of
    that name is left on the router, who would be asked before RADIUS.
    """

    line = models.OneToOneField("network.Access", on_delete=models.CASCADE, related_name="radius")
    secret = models.TextField(blank=True)
    password_generation = models.BigIntegerField(default=0)
    is_alone = models.BooleanField(default=False)
    told_generation = models.BigIntegerField(default=0)
    told_at = models.DateTimeField(null=True)
    was_disconnected = models.BooleanField(default=False)  # told to end, not to change

    def __str__(self) -> str:
        return f"{self.line_id}"
