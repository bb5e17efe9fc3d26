"""`make audit` tells known holes, none, and "could not check" apart."""

import json

from ispbill.devtools.local import advisories

# As pip-audit writes it: https://github.com/pypa/pip-audit, "JSON" among its formats.
WELL = {"name": "django", "version": "5.2.19", "vulns": []}
HOLED = {
    "name": "old",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["1.1"], "aliases": [], "description": "x"}],
}
SKIPPED = {"name": "ours", "skip_reason": "Dependency not found"}


def _judge(*packages):
    return advisories.judge(json.dumps({"dependencies": packages, "fixes": []}), "")


def test_all_asked_about_and_none_known_is_green():
    verdict = _judge(WELL, WELL)

    assert (verdict.exit_code, verdict.checked) == (0, 2)


def test_a_known_hole_is_named_with_the_release_that_mends_it():
    verdict = _judge(WELL, HOLED, SKIPPED)

    assert verdict.exit_code == advisories.KNOWN
    assert verdict.known == ["old 1.0: PYSEC-2026-1, mended in 1.1"]


def test_what_could_not_be_asked_about_is_not_green():
    assert _judge(WELL, SKIPPED).exit_code == advisories.UNCHECKED
    assert _judge().exit_code == advisories.UNCHECKED


def test_an_advisory_service_out_of_reach_is_not_green():
    verdict = advisories.judge("", "Traceback …\nConnectionError: failed to resolve\n")

    assert verdict.exit_code == advisories.UNCHECKED
    assert verdict.unchecked == ["ConnectionError: failed to resolve"]
