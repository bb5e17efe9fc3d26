"""A question without a field: for verbs that need no words and should not slip from a finger."""

from django import forms


class Confirm(forms.Form):
    """Nothing but "are you sure"."""
