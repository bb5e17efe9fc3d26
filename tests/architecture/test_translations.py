"""What people read in Bangla is all in Bangla, and says the same as the English."""

import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.catalogue import Wanted, messages, wanted_by_code, wanted_by_template

ROOT = Path(__file__).parents[2]
PO = ROOT / "ispbill/locale/bn/LC_MESSAGES/django.po"
# All that people read: pages of the four portals, papers, what the code says on them.
APPS = ("billing", "churn", "contracts", "customers", "fieldservice", "ispbill")
APPS += ("network", "payments", "resellers", "signup", "tickets")
# Read by whoever builds or installs ispbill, not on a page.
BUILDERS = ("ispbill/devtools/", "templates/sim/")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|</?\w[^>]*>")


def test_the_compiled_texts_are_those_of_the_source():
    """Whoever runs ispbill may have no compiler for them: `makemessages`, then `msgfmt`."""
    with PO.with_suffix(".mo").open("rb") as file:
        compiled = dict(gettext.GNUTranslations(file)._catalog)
    del compiled[""]
    source: dict[str | tuple[str, int], str] = {}
    for message in messages(PO):
        key = "\x04".join(filter(None, (message.context, message.english[0])))
        if message.is_fuzzy or not all(message.bangla):
            continue
        if len(message.english) == 1:
            source[key] = message.bangla[0]
        else:
            source |= {(key, form): text for form, text in enumerate(message.bangla)}

    assert compiled == source


def test_there_is_one_catalogue():
    """An app's own would be gathered apart and hidden behind this one."""
    assert [path for path in sorted(ROOT.glob("[!.]*/**/*.po")) if path != PO] == []


def test_every_text_of_every_page_is_in_bangla():
    known = {
        Wanted(message.context, message.english[0])
        for message in messages(PO)
        if all(message.bangla) and not message.is_fuzzy
    }

    missing = {(path, text) for path, text in wanted() if text not in known}

    assert missing == set()


def test_a_translation_keeps_the_placeholders_and_the_markup():
    changed = [
        (english, bangla)
        for message in messages(PO)
        for english, bangla in zip(message.english, message.bangla, strict=True)
        if bangla and sorted(PLACEHOLDER.findall(english)) != sorted(PLACEHOLDER.findall(bangla))
    ]

    assert changed == []


def test_a_translation_keeps_the_space_around_it():
    edges = re.compile(r"^\s*|\s*$")
    changed = [
        message.english[0]
        for message in messages(PO)
        for bangla in message.bangla
        if bangla and edges.findall(message.english[0]) != edges.findall(bangla)
    ]

    assert changed == []


@pytest.mark.parametrize(
    ("template", "texts"),
    [
        ("{% translate 'Pay (now)' %}", {(None, "Pay (now)")}),
        ('{% translate "Home" context "tab" %}', {("tab", "Home")}),
        ('{% include "a.html" with title=_("No bills") %}', {(None, "No bills")}),
        (
            "{% blocktranslate count n=n %}{{ n }} day{% plural %}days{% endblocktranslate %}",
            {(None, "%(n)s day")},
        ),
        (
            '{% blocktranslate context "a" %}It\'s {{ n }}\nmore{% endblocktranslate %}',
            {("a", "It's %(n)s\nmore")},
        ),
    ],
)
def test_a_text_of_a_template_is_found(template: str, texts: set[tuple[str | None, str]]):
    assert {(text.context, text.english) for text in wanted_by_template(template)} == texts


def test_a_text_of_the_code_is_found():
    code = '_("a" "b"); pgettext_lazy("c", "d"); translation.ngettext("e", "f", n); other("g")'

    assert set(wanted_by_code(code)) == {Wanted(None, "ab"), Wanted("c", "d"), Wanted(None, "e")}


def test_the_source_is_read_as_it_is_written(tmp_path):
    path = tmp_path / "django.po"
    path.write_text(
        'msgid ""\nmsgstr "Language: bn\\n"\n\n#, fuzzy\nmsgctxt "c"\nmsgid ""\n"a "\n"b"\n'
        'msgstr "x"\n\n#, python-format\nmsgid "%(n)s"\nmsgid_plural "%(n)ss"\n'
        'msgstr[0] "y"\nmsgstr[1] ""\n\n#~ msgid "old"\n#~ msgstr "gone"\n'
    )

    assert [tuple(message) for message in messages(path)] == [
        ("c", ("a b",), ("x",), True),
        (None, ("%(n)s", "%(n)ss"), ("y", ""), False),
    ]


def wanted() -> Iterator[tuple[str, Wanted]]:
    pages = sorted((ROOT / "templates").rglob("*.html"))
    code = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]
    for path in (*pages, *code):
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(BUILDERS) or "/management/" in name or "/migrations/" in name:
            continue
        read = wanted_by_template if path.suffix == ".html" else wanted_by_code
        yield from ((name, text) for text in read(path.read_text()))
