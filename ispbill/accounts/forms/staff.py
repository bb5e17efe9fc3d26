"""Forms about the company's people and branches."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.accounts.capabilities import STAFF_ROLES
from ispbill.accounts.models import Branch, User
from ispbill.accounts.services.branches import Details
from ispbill.accounts.services.staff import Person
from ispbill.audit.forms import ReasonField
from ispbill.core.demands import demand
from ispbill.core.fields import PhoneField


class AddStaff(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail (signs in with it)"), max_length=120)
    phone = PhoneField(label=_("Phone"), max_length=32, required=False)
    role = forms.ChoiceField(
        label=_("Role"), choices=[(role.value, role.label) for role in User.Role]
    )
    branch = forms.ModelChoiceField(
        label=_("Branch"), queryset=Branch.objects.none(), required=False
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, role.label) for role in User.Role if role.value in STAFF_ROLES
        ]
        self.fields["branch"].queryset = Branch.objects.filter(  # type: ignore[attr-defined]
            archived_at__isnull=True
        ).order_by("name")
        demand(self, "branch", by="role", values=[User.Role.BRANCH_MANAGER])

    def person(self) -> Person:
        """Return what was typed, for the service."""
        given = self.cleaned_data
        return Person(
            name=given["name"],
            email=given["email"],
            role=given["role"],
            branch=given["branch"],
            phone=given["phone"],
        )


class EditStaff(AddStaff):
    reason = ReasonField()


class ResetAccess(forms.Form):
    """Either a link is sent, or a temporary password is set that must be changed at once."""

    how = forms.ChoiceField(
        label=_("How"),
        choices=[
            ("link", _("Send a link to choose a new password")),
            ("temporary", _("Set a temporary password")),
        ],
        widget=forms.RadioSelect,
        initial="link",
    )
    password = forms.CharField(
        label=_("Temporary password"),
        required=False,
        min_length=10,
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Has to be changed at the first sign-in."),
    )
    removes_second_factor = forms.BooleanField(
        label=_("Also remove the second factor (lost phone)"), required=False
    )
    reason = ReasonField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        demand(self, "password", by="how", values=["temporary"])

    def clean(self) -> dict[str, object]:
        given: dict[str, object] = super().clean() or {}
        if given.get("how") == "temporary" and not given.get("password"):
            self.add_error("password", _("Enter a temporary password."))
        return given


class BranchForm(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=12)
    name = forms.CharField(label=_("Name"), max_length=80)
    address = forms.CharField(
        label=_("Address"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    phone = forms.CharField(label=_("Phone"), max_length=32, required=False)
    manager = forms.ModelChoiceField(
        label=_("Manager"), queryset=User.objects.none(), required=False
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["manager"].queryset = User.objects.filter(  # type: ignore[attr-defined]
            role__in=STAFF_ROLES, is_active=True
        ).order_by("name")

    def details(self) -> Details:
        """Return what was typed, for the service."""
        given = self.cleaned_data
        manager = given["manager"]
        return Details(
            code=given["code"],
            name=given["name"],
            address=given["address"],
            phone=given["phone"],
            manager_id=manager.pk if manager is not None else None,
        )
