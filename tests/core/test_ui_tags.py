"""The tags every page stands on."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation
from django.utils.safestring import mark_safe

pytestmark = pytest.mark.django_db  # amounts are written the company's way


def render(source: str, **context: object) -> str:
    return Template("{% load ui lists %}" + source).render(Context(context))


class PaymentForm(forms.Form):
    amount = forms.DecimalField(
        widget=forms.TextInput(attrs={"class": "w-short"}), help_text="What you count."
    )
    note = forms.CharField(required=False)
    day = forms.ChoiceField(choices=[("1", "1"), ("5", "5")], widget=forms.RadioSelect)
    sms = forms.BooleanField(required=False)


def test_money_shows_the_company_s_style_and_copies_as_a_plain_number():
    out = render("{% money amount %}", amount=Decimal("1234567.50"))

    assert out == '<span class="money" data-plain="1234567.50">৳\u202f12,34,567.50</span>'


def test_money_under_a_named_column_has_no_symbol():
    out = render('{% money amount "plain" %}', amount=Decimal("1200"))

    assert out == '<span class="money" data-plain="1200">1,200.00</span>'


@pytest.mark.parametrize(
    ("amount", "to_staff", "to_customer"),
    [
        ("1200", "Owes ৳\u202f1,200.00", "You owe ৳\u202f1,200.00"),
        ("-300", "Credit ৳\u202f300.00", "Overpaid ৳\u202f300.00 (credit)"),
        ("0", "Settled", "Settled"),
    ],
)
def test_a_balance_is_said_in_words_to_whom_it_is_read(
    amount: str, to_staff: str, to_customer: str
):
    shown = render("{% balance_words amount %}", amount=Decimal(amount))
    own = render('{% balance_words amount "you" %}', amount=Decimal(amount))

    assert shown.partition(">")[2] == f"{to_staff}</span>"
    assert own.partition(">")[2] == f"{to_customer}</span>"


def test_a_day_is_written_in_the_reader_s_language():
    with translation.override("bn"):
        out = render("{{ on|day }}", on=date(2026, 1, 5))

    assert out == '<time datetime="2026-01-05">5 জানুয়ারি 2026</time>'


def test_a_moment_is_written_in_the_current_time_zone():
    with timezone.override("Asia/Dhaka"):
        out = render("{{ at|moment }}", at=datetime(2026, 1, 5, 20, 30, tzinfo=UTC))

    assert out.partition(">")[2] == "06 Jan 2026, 02:30</time>"


def test_a_moment_late_in_the_day_falls_on_the_local_day():
    with timezone.override("Asia/Dhaka"):
        out = render("{{ at|day }}", at=datetime(2026, 1, 5, 20, 30, tzinfo=UTC))

    assert out == '<time datetime="2026-01-06">06 Jan 2026</time>'


def test_the_query_string_keeps_what_is_not_changed():
    request = RequestFactory().get("/?status=due&page=3&area=1&area=2")

    out = render("{% qs_with page=None status='paid' as q %}{{ q|safe }}", request=request)

    assert out == "?status=paid&area=1&area=2"


def test_a_sorted_column_says_its_state_and_turns_round():
    request = RequestFactory().get("/?sort=name&after=xyz")

    out = render('{% sort_state "name" as s %}{{ s.state }} {{ s.address|safe }}', request=request)

    assert out == "ascending ?sort=-name"


def test_an_icon_without_a_label_is_hidden_from_readers():
    assert 'aria-hidden="true"' in render('{% icon "bell" %}')


def test_an_icon_with_a_label_is_read_out():
    assert 'role="img" aria-label="Bell"' in render('{% icon "bell" "Bell" %}')


def test_a_wrong_field_points_at_its_error_and_its_help():
    form = PaymentForm({"amount": "x"})

    out = render("{% control field %}", field=form["amount"])

    assert 'aria-describedby="id_amount_error id_amount_helptext"' in out
    assert 'aria-invalid="true"' in out
    assert 'class="form-control w-short is-invalid"' in out


@pytest.mark.parametrize(
    ("name", "kind"), [("amount", "input"), ("day", "choices"), ("sms", "checkbox")]
)
def test_a_field_is_drawn_after_its_kind(name: str, kind: str):
    assert render("{{ field|field_kind }}", field=PaymentForm()[name]) == kind


def test_an_optional_field_says_so_and_a_required_one_does_not():
    form = PaymentForm()

    optional = render('{% include "ui/_field.html" %}', field=form["note"])
    required = render('{% include "ui/_field.html" %}', field=form["amount"])

    assert ("(optional)" in optional, "(optional)" in required) == (True, False)


def test_the_error_summary_names_each_problem_once_with_a_link():
    form = PaymentForm({"amount": "x", "day": "5"})

    out = render('{% include "ui/_form_errors.html" %}', form=form)

    assert out.count("<li>") == 1
    assert '<a href="#id_amount">Amount: Enter a number.</a>' in out


def test_kept_markup_is_made_once_for_each_language_and_value():
    made = []
    page = Template("{% load ui lists %}{% kept theme %}{{ theme }} {{ count }}{% endkept %}")

    def show(theme: str, language: str) -> str:
        made.append(theme)
        with translation.override(language):
            return page.render(Context({"theme": theme, "count": len(made)}))

    shown = [show("dark", "en"), show("light", "en"), show("dark", "en"), show("dark", "bn")]
    assert shown == ["dark 1", "light 2", "dark 1", "dark 4"]


def test_a_chip_kept_for_trusted_words_is_still_escaped_for_a_customer_s_tag():
    trusted = render("{% chip word %}", word=mark_safe("<b>VIP</b>"))
    typed = render("{% chip word %}", word="<b>VIP</b>")

    assert ("<b>" in trusted, "<b>" in typed) == (False, False)


def test_kept_markup_carries_each_visitor_s_own_token():
    source = "{% kept word %}{{ word }}{% csrf_token %}{% endkept %}"
    template = Template("{% load ui lists %}" + source)

    pages = [
        template.render(Context({"word": "form", "csrf_token": token})) for token in ("one", "two")
    ]

    fields = [
        f'form<input type="hidden" name="csrfmiddlewaretoken" value="{t}">' for t in ("one", "two")
    ]
    assert pages == fields


def test_kept_markup_leads_back_to_the_page_it_stands_on():
    template = Template(
        "{% load ui %}{% kept word %}{% kept word %}<a href='{% here %}'>{% endkept %}{% endkept %}"
    )
    addresses = ["/admin/customers/?q=a&size=50", "/admin/invoices/"]

    pages = [
        template.render(Context({"word": "x", "request": RequestFactory().get(address)}))
        for address in addresses
    ]

    assert pages == ["<a href='/admin/customers/?q=a&amp;size=50'>", "<a href='/admin/invoices/'>"]
