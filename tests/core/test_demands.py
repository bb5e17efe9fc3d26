"""A label says "(optional)" only while its field may be left empty."""

from functools import partial

import pytest
from django import forms
from django.template.loader import render_to_string

from ispbill.accounts.forms.staff import AddStaff, ResetAccess
from ispbill.core.demands import demand, is_demanded
from payments.debits.forms.debits import BankAccount
from payments.desk.forms.desk import Count
from payments.online.forms.gateways import GatewayForm

pytestmark = pytest.mark.django_db


class Paying(forms.Form):
    method = forms.ChoiceField(choices=[("CASH", "Cash"), ("BKASH", "bKash")], initial="CASH")
    reference = forms.CharField(required=False)
    note = forms.CharField(required=False)
    words = forms.CharField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        demand(self, "reference", by="method", values=["BKASH"])
        demand(self, "words", by="note")


def shown(form, name):
    return render_to_string("ui/_field.html", {"field": form[name]})


@pytest.mark.parametrize(("method", "says"), [("CASH", True), ("BKASH", False)])
def test_the_label_follows_the_other_field(method, says):
    html = shown(Paying({"method": method}), "reference")

    assert ('data-demanded-by="method"' in html, " hidden>(optional)" in html) == (True, not says)


def test_a_field_that_goes_with_another_is_demanded_once_that_is_filled_in():
    assert not is_demanded(Paying({"note": ""})["words"])
    assert is_demanded(Paying({"note": "said"})["words"])
    assert not is_demanded(Paying()["words"])


def test_one_of_several_never_says_optional():
    form = Paying()
    demand(form, "note")

    assert "optional" not in shown(form, "note")


def test_what_nothing_demands_says_optional():
    assert "(optional)" in shown(Paying(), "note")


@pytest.mark.parametrize(
    ("make", "name", "by", "value"),
    [
        (BankAccount, "branch_code", "bank", "OTHER"),
        (partial(GatewayForm, provider="SSLCOMMERZ"), "address", "place", "other"),
        (ResetAccess, "password", "how", "temporary"),
        (AddStaff, "branch", "role", "BRANCH_MANAGER"),
    ],
    ids=["branch code", "address", "password", "branch"],
)
def test_forms_name_what_another_field_demands(make, name, by, value):
    assert [is_demanded(make({by: given})[name]) for given in (value, "something else")] == [
        True,
        False,
    ]


def test_the_reason_of_a_difference_is_not_called_optional():
    assert "optional" not in shown(Count(), "reason")
