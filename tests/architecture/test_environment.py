"""`.env.example`, the settings and docker-compose.yml say the same; a copy works as it is."""

import base64
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
READ = re.compile(r"env\.(?:text|flag|number|words|file)\(\s*\"([A-Z_]+)\"")
NAMED = re.compile(r"^#([A-Z][A-Z_]+)=(.*)$", re.MULTILINE)
READERS = ("web", "worker", "beat", "migrate")

# What compose decides itself for the processes that read the settings.
DECIDED = {
    "ISPBILL_MODE", "SECRET_KEY", "FIELD_KEYS", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS",
    "PUBLIC_URL", "BEHIND_PROXY", "MEDIA_ROOT", "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL",
}  # fmt: skip
FOR_THE_DATABASE_ALONE = {"POSTGRES_PASSWORD", "OWNER_PASSWORD"}
KEY = "k1:" + base64.b64encode(b"thirty-two random bytes, or so!!").decode()


def test_the_example_lists_exactly_what_is_read():
    read = set(READ.findall((ROOT / "ispbill" / "settings.py").read_text(encoding="utf-8")))

    assert {name for name, _value in NAMED.findall(EXAMPLE)} == read


def _settings(place: Path, dotenv: str, **given: str) -> subprocess.CompletedProcess[str]:
    """What the settings come to in a checkout with this .env, as `name=value` lines."""
    package = place / "ispbill"
    package.mkdir(exist_ok=True)
    for name in ("__init__.py", "settings.py", "environment.py"):
        shutil.copy(ROOT / "ispbill" / name, package / name)
    (place / ".env").write_text(dotenv, encoding="utf-8")
    shown = "import ispbill.settings as s; print(s.MODE, s.STAFF_SECOND_FACTOR, s.EMAIL_HOST)"
    return subprocess.run(
        [sys.executable, "-c", shown],
        cwd=place,
        env={"PATH": "/usr/bin:/bin", **given},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_example_copied_as_it_is_changes_nothing(tmp_path):
    answer = _settings(tmp_path, EXAMPLE)

    assert (answer.stderr, answer.stdout.split()) == ("", ["demo", "optional", "localhost"])


def test_each_line_of_the_example_works_once_its_comment_sign_is_gone(tmp_path):
    filled = {"SECRET_KEY": "x" * 40, "FIELD_KEYS": KEY}
    lines = [f"{name}={filled.get(name) or value}" for name, value in NAMED.findall(EXAMPLE)]

    answer = _settings(tmp_path, "\n".join(lines))

    assert answer.stderr == ""
    assert answer.stdout.split() == ["production", "required", "smtp.example"]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "ispbill-demo-key-not-for-production"}, "SECRET_KEY"),
        ({"FIELD_KEYS": "k1:ZGVtby1maWVsZC1rZXktbm90LWZvci1wcm9kLTMyYnk="}, "FIELD_KEYS"),
        ({"DEBUG": "1"}, "DEBUG"),
        ({"SIMULATORS": "1"}, "SIMULATORS"),
        ({"DEBUG": "perhaps"}, "DEBUG"),
        ({"EMAIL_PORT": "smtp"}, "EMAIL_PORT"),
    ],
)
def test_production_refuses_what_would_open_it(tmp_path, given, named):
    whole = {"ISPBILL_MODE": "production", "SECRET_KEY": "x" * 40, "FIELD_KEYS": KEY} | given

    answer = _settings(tmp_path, "", **whole)

    assert answer.returncode != 0
    assert f"Misconfigured: {named}" in answer.stderr


def test_production_asks_for_a_second_factor_unless_told_otherwise(tmp_path):
    whole = {"ISPBILL_MODE": "production", "SECRET_KEY": "x" * 40, "FIELD_KEYS": KEY}

    assert _settings(tmp_path, "", **whole).stdout.split()[1] == "required"
    told = _settings(tmp_path, "", **whole, STAFF_SECOND_FACTOR="optional")
    assert told.stdout.split()[1] == "optional"


def test_compose_hands_on_every_setting_and_keeps_the_databases_own_passwords_back():
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    named = {name for name, _value in NAMED.findall(EXAMPLE)}

    for name in READERS:
        service = services[name]
        decided = set(service["environment"]) & named
        assert service["env_file"] == ".env", name
        assert decided == DECIDED, name
        kept_back = {key for key in FOR_THE_DATABASE_ALONE if service["environment"][key] == ""}
        assert kept_back == FOR_THE_DATABASE_ALONE, name
