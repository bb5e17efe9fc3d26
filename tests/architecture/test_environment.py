"""`.env.example` names every variable the settings read, and no other."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READ = re.compile(r"env\.(?:text|flag|number|words|file)\(\s*\"([A-Z_]+)\"")
NAMED = re.compile(r"^#? ?([A-Z][A-Z_]+)=", re.MULTILINE)


def test_the_example_lists_exactly_what_is_read():
    read = set(READ.findall((ROOT / "ispbill" / "settings.py").read_text(encoding="utf-8")))
    named = set(NAMED.findall((ROOT / ".env.example").read_text(encoding="utf-8")))

    assert named == read
