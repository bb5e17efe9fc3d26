from django.db import models


class InstalledGuard(models.Model):
    """A function, trigger or policy as it was installed: what `doctor` compares the database with.

    Written by `ispbill.core.guarding`, as the tables' owner.
    """

    object = models.TextField(primary_key=True)  # as SQL names it: "trigger kept on billing_run"
    file = models.TextField()  # below the checkout
    digest = models.CharField(max_length=32)  # of its definition, as the database prints it

    def __str__(self) -> str:
        return self.object
