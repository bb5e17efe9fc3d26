from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, login: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(login=login, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, login: str, password: str | None = None, **fields: Any) -> "User":
        fields.setdefault("name", login)
        fields.update(role=User.Role.OWNER, is_staff=True, is_superuser=True)
        return self.create_user(login, password, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Someone who signs in: staff by e-mail, customers by phone, resellers and technicians too."""

    class Role(models.TextChoices):
        OWNER = "OWNER", _("Owner")
        BILLING = "BILLING", _("Billing officer")
        CASHIER = "CASHIER", _("Cashier")
        SUPPORT = "SUPPORT", _("Support agent")
        NOC = "NOC", _("Network engineer")
        SALES = "SALES", _("Sales")
        BRANCH_MANAGER = "BRANCH_MANAGER", _("Branch manager")
        AUDITOR = "AUDITOR", _("Auditor (read only)")
        TECHNICIAN = "TECHNICIAN", _("Technician")
        COLLECTOR = "COLLECTOR", _("Collector")
        RESELLER = "RESELLER", _("Reseller")
        CUSTOMER = "CUSTOMER", _("Customer")

    class Theme(models.TextChoices):
        AUTO = "auto", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Density(models.TextChoices):
        COMPACT = "compact", _("Compact")
        COMFORTABLE = "comfortable", _("Comfortable")

    login = models.CharField(max_length=120)  # lower-case e-mail, or phone in E.164
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=16, choices=Role.choices)
    branch = models.ForeignKey(
        "accounts.Branch", null=True, blank=True, on_delete=models.PROTECT, related_name="staff"
    )
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)  # may open Django's own admin (superusers)
    must_change_password = models.BooleanField(default=False)
    language = models.CharField(max_length=5, blank=True)
    theme = models.CharField(max_length=8, choices=Theme.choices, default=Theme.AUTO)
    density = models.CharField(max_length=12, choices=Density.choices, default=Density.COMPACT)
    has_hotkeys = models.BooleanField(default=True)
    preferences = models.JSONField(default=dict)  # columns and sorting per list page
    created_at = models.DateTimeField(auto_now_add=True)

    viewed_by: "User | None" = None  # staff who look at a portal as this person (`viewing`)

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="user_login_once", fields=["login"]),
            models.CheckConstraint(
                name="user_branch_manager_has_branch",
                condition=~models.Q(role="BRANCH_MANAGER") | models.Q(branch__isnull=False),
            ),
        ]
        indexes = [models.Index(name="user_role", fields=["role", "name"])]

    def __str__(self) -> str:
        return self.name

    @property
    def is_console_user(self) -> bool:
        """Tell whether the staff console is this person's place."""
        pockets = {self.Role.TECHNICIAN, self.Role.COLLECTOR}
        return self.role not in {*pockets, self.Role.RESELLER, self.Role.CUSTOMER}
