"""What people say about a file of another system."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Area, Package
from ispbill.core.choosing import choose_from, offer
from ispbill.core.uploads import UploadField
from payments.bank.rules.statement_cells import DATE_FORMATS
from signup.imports.models import Import
from signup.imports.rules import history
from signup.imports.rules.fields import FIELDS, NEEDED
from signup.imports.services import uploading
from signup.imports.services.mapping import Reading

_NOTHING = ""


class UploadForm(forms.Form):
    """A file, and where it comes from."""

    system = forms.ChoiceField(label=gettext_lazy("Comes from"), choices=Import.System.choices)
    kind = forms.ChoiceField(label=gettext_lazy("What is in it"), choices=Import.Kind.choices)
    file = UploadField(
        label=gettext_lazy("File (CSV or XLSX)"),
        most_bytes=uploading.MOST_BYTES,
        accept=".csv,.txt,.xlsx",
    )


def fields_of(batch: Import) -> tuple[Mapping[str, str], Sequence[str]]:
    """Return what a file of this kind may say, and what it has to."""
    if batch.is_history:
        return history.FIELDS, history.NEEDED[batch.kind]
    return FIELDS, NEEDED


class MappingForm(forms.Form):
    """Which column is what, and how days and amounts are written."""

    def __init__(self, *args: Any, batch: Import, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = [
            (str(place), name or f"#{place + 1}") for place, name in enumerate(batch.columns)
        ]
        self._names, needed = fields_of(batch)
        for name, words in self._names.items():
            is_needed = name in needed
            self.fields[f"column_{name}"] = forms.ChoiceField(
                label=_(words),
                required=is_needed,
                choices=[(_NOTHING, _("Choose") if is_needed else _("Not in the file")), *columns],
                initial=str(batch.mapping.get(name, _NOTHING)),
            )
        self.fields["date_format"] = forms.ChoiceField(
            label=_("Days look like"),
            choices=[(one, one) for one in DATE_FORMATS],
            initial=batch.date_format,
        )
        self.fields["decimal_mark"] = forms.ChoiceField(
            label=_("Decimals begin with"),
            choices=[(".", "1,234.50"), (",", "1.234,50")],
            initial=batch.decimal_mark,
        )
        if not batch.is_history:
            self._ask_places(batch)

    def _ask_places(self, batch: Import) -> None:
        self.fields["area"] = forms.ModelChoiceField(
            label=_("Area of rows that name none"),
            queryset=Area.objects.none(),
            required=False,
            empty_label=_("None: such a row is refused"),
            initial=batch.area_id,
        )
        self.fields["package"] = forms.ModelChoiceField(
            label=_("Package of rows that name none"),
            queryset=Package.objects.none(),
            required=False,
            empty_label=_("None: a customer without a service"),
            initial=batch.package_id,
        )
        choose_from(self, "area", Area.objects.filter(archived_at__isnull=True).order_by("name"))
        sold = Package.objects.filter(archived_at__isnull=True).order_by("name")
        choose_from(self, "package", sold)

    def reading(self) -> Reading:
        """Return what was said."""
        given = self.cleaned_data
        chosen = {name: given[f"column_{name}"] for name in self._names}
        return Reading(
            mapping={name: int(place) for name, place in chosen.items() if place != _NOTHING},
            date_format=given["date_format"],
            decimal_mark=given["decimal_mark"],
            area_id=given["area"].pk if given.get("area") else None,
            package_id=given["package"].pk if given.get("package") else None,
        )


class WordsForm(forms.Form):
    """What their words for areas and packages mean here."""

    def __init__(
        self, *args: Any, unknown: dict[str, list[tuple[str, int]]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._named: dict[str, tuple[str, str]] = {}
        rows: dict[str, Any] = {
            "area": Area.objects.filter(archived_at__isnull=True),
            "package": Package.objects.filter(archived_at__isnull=True),
        }
        for name, words in unknown.items():
            choices = [
                (str(pk), label)
                for pk, label in rows[name].order_by("name").values_list("pk", "name")
            ]
            for place, (word, count) in enumerate(words):
                field = f"{name}_{place}"
                self._named[field] = (name, word)
                self.fields[field] = forms.ChoiceField(label=f"{word} ({count})", required=False)
                offer(self, field, [(_NOTHING, _("Not here: refused")), *choices])

    def words(self) -> dict[str, dict[str, int]]:
        """Return what was said, by area and package."""
        found: dict[str, dict[str, int]] = {"area": {}, "package": {}}
        for field, (name, word) in self._named.items():
            if self.cleaned_data[field]:
                found[name][word] = int(self.cleaned_data[field])
        return found
