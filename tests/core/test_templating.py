"""Texts and addresses of templates, made once: they must say what Django's own tags say."""

import pytest
from django.template import Context, Engine, Template
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from ispbill.core import templating


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def test_a_fixed_text_is_said_in_the_language_of_each_reader():
    template = Template('{% load ui %}{% translate "Customers" %}')

    said = []
    for language in ("en", "bn", "en"):
        with translation.override(language):
            said.append(template.render(Context()))

    assert said == ["Customers", "গ্রাহক", "Customers"]


def test_a_text_that_is_given_or_put_aside_goes_its_usual_way():
    with translation.override("bn"):
        out = render(
            '{% translate word %}, {% translate "Customers" as said %}{{ said }}', word="Customers"
        )

    assert out == "গ্রাহক, গ্রাহক"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("staff_customers:customer", "CT-2026-00042"),
        ("staff_customers:customer", "CT-2026-00000"),
        ("staff_billing:invoice", "INV-2026-00042"),
        ("staff_notifications:message", 7),
        ("staff_notifications:message", 918273645),
    ],
)
def test_an_address_is_the_one_django_makes(name: str, value: object):
    assert templating.address(name, value) == reverse(name, args=[value])


def test_what_is_not_plain_is_left_to_django():
    values = ["a b", "<b>", "ক", -1, 1.5, None, True]

    assert {templating.address("staff_customers:customer", value) for value in values} == {None}


def test_a_name_that_does_not_exist_is_refused_as_ever():
    with pytest.raises(NoReverseMatch):
        render('{% url "staff:nowhere" %}')


def test_an_address_can_be_put_aside():
    out = render('{% url "staff_customers:index" as here %}<{{ here }}>')

    assert out == f"<{reverse('staff_customers:index')}>"


@pytest.mark.parametrize(
    ("language", "written"), [("en", "<b>&#2547;&#8239;1,200</b>"), ("bn", "<b>৳\u202f1,200</b>")]
)
def test_an_english_page_is_written_in_ascii_and_a_bangla_one_as_it_is(language, written):
    with translation.override(language):
        assert templating.narrow("<b>৳\u202f1,200</b>") == written


def test_a_page_in_a_frame_in_a_frame_reads_the_same_each_time():
    loader = {
        "base": "<{% block a %}base a{% endblock %}|{% block b %}base b{% endblock %}>",
        "shell": '{% extends "base" %}{% block a %}shell+{{ block.super }}{% endblock %}',
        "page": '{% extends "shell" %}{% block b %}page {{ n }}+{{ block.super }}{% endblock %}',
    }
    engine = Engine(
        loaders=[
            (
                "django.template.loaders.cached.Loader",
                [("django.template.loaders.locmem.Loader", loader)],
            )
        ],
        libraries={"ui": "ispbill.core.templatetags.ui"},
        builtins=["ispbill.core.templatetags.ui"],
    )
    page, shell = engine.get_template("page"), engine.get_template("shell")

    drawn = [
        page.render(Context({"n": 1})),
        shell.render(Context()),
        page.render(Context({"n": 2})),
    ]

    assert drawn == [
        "<shell+base a|page 1+base b>",
        "<shell+base a|base b>",
        "<shell+base a|page 2+base b>",
    ]


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("{% block heading %}Bills <b>{{ who }}</b>{% endblock %}", "Bills A &amp; B"),
        ("{% block title %}Own{% endblock %}{% block heading %}Bills{% endblock %}", "Own"),
        ("", ""),
    ],
)
def test_a_page_s_title_is_its_heading_without_markup_unless_it_says_another(page, title):
    head = "<title>{% block title %}{% page_heading %}{% endblock %}</title>"
    body = "{% block heading %}{% endblock %}"
    loader = {
        "base": head + "{% block body %}{% endblock %}",
        "shell": '{% extends "base" %}{% block body %}' + body + "{% endblock %}",
        "page": '{% extends "shell" %}' + page,
    }
    engine = Engine(
        loaders=[("django.template.loaders.locmem.Loader", loader)],
        builtins=["ispbill.core.templatetags.ui"],
    )

    drawn = engine.get_template("page").render(Context({"who": "A & B"}))

    assert drawn.startswith(f"<title>{title}</title>")
    assert drawn.endswith("</title>") or "Bills" in drawn.partition("</title>")[2]
