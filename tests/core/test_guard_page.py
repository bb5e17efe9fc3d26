"""docs/guards.md is what the files say, and the files say what they must."""

import re

import pytest
from django.conf import settings

from ispbill.core import guard_files, guard_page

FILES = [file for app in guard_files.apps_with_guards() for file in guard_files.read(app)]
MADE = re.compile(r"^CREATE OR REPLACE (?:FUNCTION|PROCEDURE|VIEW) (\w+)", re.MULTILINE)


def test_the_page_is_current():
    assert (settings.BASE_DIR / guard_page.PLACE).read_text() == guard_page.render(), (
        "run `manage.py guards --write`"
    )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.place)
def test_a_file_is_one_object_and_begins_with_its_sentence(file):
    assert re.fullmatch(r"[A-Z][^|]+\.", file.says)
    assert "CREATE FUNCTION" not in file.text  # it must be possible to install it again
    made = MADE.findall(file.text)
    assert made in ([], [file.name])
    assert bool(made) != (file.name.startswith("table_") or "DO $$" in file.text)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.place)
def test_the_rule_beside_it_and_its_test_are_there(file):
    rule = settings.BASE_DIR / file.rule.replace(".", "/")
    assert rule.is_dir() or rule.with_suffix(".py").is_file()
    if file.test:
        assert (settings.BASE_DIR / file.test).is_file()


def test_every_trigger_is_taken_away_somewhere():
    known = guard_page.tests()

    assert [
        file.place
        for file in FILES
        if "TRIGGER" in file.text and not guard_page.tried_by(file, known)
    ] == []
