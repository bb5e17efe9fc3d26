"""One change to many customers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Area
from customers.queries import areas
from ispbill.accounts.models import User


class BulkTag(forms.Form):
    """A tag to put on or take off."""

    word = forms.CharField(label=_("Tag"), max_length=30)
    takes_off = forms.BooleanField(label=_("Take the tag off instead"), required=False)


class BulkArea(forms.Form):
    """The area to move to."""

    area = forms.ModelChoiceField(label=_("Area"), queryset=Area.objects.none())

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["area"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        field.queryset = (
            areas.visible_to(user)
            .filter(archived_at__isnull=True)
            .select_related("branch")
            .order_by("name")
        )


class BulkCollector(forms.Form):
    """Who collects from them."""

    collector = forms.ModelChoiceField(
        label=_("Collector"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nobody"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["collector"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        field.queryset = areas.collectors(user)
