"""What holds for every template: it compiles, keeps the content policy, and draws known icons."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(
    path.relative_to(ROOT / "templates").as_posix() for path in (ROOT / "templates").rglob("*.html")
)
# Paper has no content policy: WeasyPrint reads these, a browser never does.
ON_SCREEN = [name for name in TEMPLATES if "/pdf/" not in name]


def source(name: str) -> str:
    return (ROOT / "templates" / name).read_text()


def test_every_template_compiles():
    assert [name for name in TEMPLATES if not get_template(name)] == []


def test_no_template_has_an_inline_style_script_or_handler():
    inline = re.compile(
        r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son(?:click|change|submit|load|input)=|\bhx-on"
    )

    assert {name: found for name in ON_SCREEN if (found := inline.findall(source(name)))} == {}


def test_no_comment_of_several_lines_is_printed_on_a_page():
    opened = {
        (name, line)
        for name in ON_SCREEN
        for line in source(name).splitlines()
        if "{#" in line and "#}" not in line
    }

    assert opened == set()


def test_no_trigger_asks_the_browser_to_evaluate_code():
    triggers = {
        (name, trigger)
        for name in ON_SCREEN
        for trigger in re.findall(r'hx-trigger="([^"]*)"', source(name))
    }

    assert {(name, trigger) for name, trigger in triggers if "[" in trigger} == set()


def test_every_icon_drawn_is_in_the_sprite():
    symbols = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/icons.svg").read_text()))
    drawn = {
        (name, icon)
        for name in TEMPLATES
        for icon in re.findall(r'{% icon "([\w-]+)"', source(name))
    }

    assert {(name, icon) for name, icon in drawn if icon not in symbols} == set()


ERROR_PAGES = (
    "400.html", "403.html", "403_csrf.html", "404.html", "500.html", "503.html", "unavailable.html",
)  # fmt: skip


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_an_error_page_speaks_both_languages_and_needs_nothing(name: str):
    page = get_template(name).render()

    assert ('<section lang="en">' in page, '<section lang="bn">' in page) == (True, True)
