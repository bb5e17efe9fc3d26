"""Tabler's sheet is cut down to what pages use (`make styles`): what a page names must be in it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEFT_OUT = frozenset((ROOT / "ispbill/devtools/styles/left-out.txt").read_text().split())
SHEET = (ROOT / "static/vendor/tabler/tabler.css").read_text()
APPS = ("ispbill", "customers", "network", "billing", "payments", "resellers", "churn")
APPS += ("fieldservice", "signup")

WORD = re.compile(r"[A-Za-z0-9_-]+")
REMARK = re.compile(r"{#.*?#}")
TAG = re.compile(r"{[%{].*?[%}]}")
ATTRIBUTE = re.compile(r"""\bclass=(?:"([^"]*)"|'([^']*)')""")
QUOTED = re.compile(r""""([^"\n]*)"|'([^'\n]*)'|`([^`]*)`""")
NAMES_CLASSES = re.compile(r"""class(?:es)?(?:=\\?["']|["']\])|["']class["']:""")


def words_of(texts):
    return {word for text in texts for word in WORD.findall(text)}


def quoted(text):
    return ["".join(found) for found in QUOTED.findall(text)]


def named_in_template(text):
    """Classes of the markup, and of what tags are given (`{% control field extra="…" %}`)."""
    text = REMARK.sub("", text)
    given = [part for tag in TAG.findall(text) for part in quoted(tag)]
    chosen = [part for found in ATTRIBUTE.findall(TAG.sub(_gap, text)) for part in found]
    return words_of(given) | words_of(chosen)


def _gap(tag):
    return " " if tag[0].startswith("{%") else ""  # a variable goes on where the word ends


def named_in_python(text):
    return words_of(line for line in text.splitlines() if NAMES_CLASSES.search(line))


def test_the_reader_finds_classes_wherever_a_template_names_them():
    text = """
        <b class="one{% if x == "q" %} two{% else %} three{% endif %} tone-{{ tone }}">four</b>
        {% control field extra="five" %}{# class="six" #}
    """

    found = named_in_template(text)

    assert found == {"one", "two", "three", "tone-", "five", "q"}


def test_no_template_names_a_class_that_was_left_out():
    named = {
        path.relative_to(ROOT).as_posix(): sorted(left)
        for path in (ROOT / "templates").rglob("*.html")
        if (left := named_in_template(path.read_text()) & LEFT_OUT)
    }

    assert named == {}, "run `make styles`"


def test_no_script_names_a_class_that_was_left_out():
    named = {
        path.name: sorted(left)
        for path in (ROOT / "static/js").glob("*.js")
        if (left := words_of(quoted(path.read_text())) & LEFT_OUT)
    }

    assert named == {}, "run `make styles`"


def test_no_view_or_widget_names_a_class_that_was_left_out():
    named = {
        path.relative_to(ROOT).as_posix(): sorted(left)
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if (left := named_in_python(path.read_text()) & LEFT_OUT)
    }

    assert named == {}, "run `make styles`"


def test_what_was_left_out_is_not_in_the_sheet_and_what_pages_stand_on_is():
    held = set(re.findall(r"\.(-?[a-zA-Z_][\w-]*)", SHEET))

    assert held & LEFT_OUT == set()
    assert held >= {
        "btn",
        "btn-primary",
        "card",
        "form-control",
        "form-select",
        "is-invalid",
        "row",
    }
