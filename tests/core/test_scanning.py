"""Files of people and the virus scanner: its protocol, what is withheld, and from whom.

The scanner is the simulator, written from clamd(8); a real clamd 1.4.3 said the same.
"""

import socket
from datetime import UTC, datetime

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from ispbill.core import clamd, scanning
from ispbill.core.scanning import ScannerAway, TakesNoFiles, TooLong, VirusFound
from ispbill.core.uploads import UploadField
from ispbill.devtools.sandbox.clamd import EICAR, SIGNATURE, Scanner
from ispbill.environment import Misconfigured, scanner

CLEAN = b"nothing of interest"


@pytest.fixture(params=["socket", "port"])
def daemon(request, tmp_path):
    path = tmp_path / "clamd.ctl" if request.param == "socket" else None
    with Scanner(path, most_bytes=300_000) as running:
        yield running


# --- the protocol


def test_what_is_clean_and_what_is_not(daemon):
    assert clamd.found_in(CLEAN, daemon.address) == ""
    assert clamd.found_in(b"before" + EICAR, daemon.address) == SIGNATURE
    assert clamd.found_in(b"", daemon.address) == ""


def test_a_stream_of_several_chunks_is_judged_as_a_whole(daemon):
    # The string lies across the border of two chunks.
    assert clamd.found_in(b"x" * (64 * 1024 - 30) + EICAR, daemon.address) == SIGNATURE
    assert clamd.found_in(b"x" * 200_000, daemon.address) == ""
    assert daemon.scanned == [64 * 1024 - 30 + len(EICAR), 200_000]


def test_more_than_it_takes_is_never_judged(daemon):
    with pytest.raises(clamd.TooLong):
        clamd.found_in(b"x" * 3_000_000, daemon.address)


@pytest.mark.parametrize("fault", ["hang_up", "hang_up_midway", "error", "garbage"])
def test_whatever_is_no_verdict_is_none(daemon, fault):
    daemon.misbehave(fault)

    with pytest.raises(clamd.NotScanned):
        clamd.found_in(CLEAN * 20_000, daemon.address)
    assert clamd.found_in(CLEAN, daemon.address) == ""


def test_it_is_waited_for_no_longer_than_people_wait(daemon, monkeypatch):
    monkeypatch.setattr(clamd, "ANSWER_SECONDS", 0.3)
    daemon.misbehave("slow")

    with pytest.raises(clamd.NotScanned):
        clamd.found_in(CLEAN, daemon.address)


def test_nobody_there_is_no_verdict(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    for address in (f"127.0.0.1:{port}", str(tmp_path / "none.ctl")):
        with pytest.raises(clamd.NotScanned):
            clamd.found_in(CLEAN, address)


def test_it_says_what_it_is_and_how_old_its_signatures_are(daemon):
    told = clamd.version(daemon.address)

    assert told.text.startswith("ClamAV 1.4.3/27832")
    assert told.signatures_at == datetime(2026, 11, 25, 8, 36, 2, tzinfo=UTC)
    daemon.version = "ClamAV 1.4.3"  # without a database of its makers
    assert clamd.version(daemon.address).signatures_at is None
    daemon.version = "HTTP/1.1 400 Bad Request"
    with pytest.raises(clamd.NotScanned):
        clamd.version(daemon.address)


def test_an_address_is_a_path_or_a_port():
    assert scanner("/run/clamav/clamd.ctl") == (socket.AF_UNIX, "/run/clamav/clamd.ctl")
    assert scanner("10.0.0.5:3310") == (socket.AF_INET, ("10.0.0.5", 3310))
    assert scanner("[::1]:3310") == (socket.AF_INET6, ("::1", 3310))
    for wrong in ("clamd", "clamd:", ":3310", "clamd.ctl"):
        with pytest.raises(Misconfigured, match="CLAMD"):
            scanner(wrong)


# --- what the middleware does with a form


def ask(view, *sent, user=None, name="file"):
    """Send files to a view through the middleware; return the file it gets and the answer."""
    request = RequestFactory().post("/", {name: list(sent), "typed": "words"})
    request.user, request.resolver_match = user or AnonymousUser(), None
    scanning.Scanned(lambda _request: None).process_view(request, view, (), {})
    return request.FILES.getlist(name)


def view_of(audience="public", takes=True):
    def view(_request):
        return None

    view.audience = audience
    return scanning.takes_files(view) if takes else view


def file_of(content, name="id.png"):
    return SimpleUploadedFile(name, content)


@pytest.fixture
def running(settings, tmp_path):
    with Scanner(tmp_path / "clamd.ctl") as daemon:
        settings.CLAMD = daemon.address
        yield daemon


def cleaned(file):
    return UploadField(most_bytes=1 << 20, accept=".png").clean(file)


def test_a_clean_file_reaches_its_field_whole(running):
    [file] = ask(view_of(), file_of(CLEAN))

    assert cleaned(file).content == CLEAN
    assert running.scanned == [len(CLEAN)]


def test_what_was_found_is_said_at_the_field_and_the_bytes_are_gone(running, caplog):
    good, bad = ask(view_of(), file_of(CLEAN), file_of(EICAR, "Amina Begum.png"))

    assert good.read() == CLEAN
    with pytest.raises(forms.ValidationError, match=f"found “{SIGNATURE}”"):
        cleaned(bad)
    for read in (lambda: bad.read(), lambda: bad.file, lambda: list(bad.chunks()), bad.open):
        with pytest.raises(VirusFound):
            read()
    [line] = [one for one in caplog.records if one.msg == "file not taken"]
    assert (line.result, line.detail) == ("found", SIGNATURE)
    assert "Amina" not in str(vars(line))


def test_without_an_answer_no_file_is_taken_and_it_is_asked_once(running):
    running.misbehave("error")

    files = ask(view_of(), file_of(CLEAN), file_of(CLEAN))

    for file in files:
        with pytest.raises(forms.ValidationError, match="Try again later"):
            cleaned(file)
    assert running.scanned == []


def test_a_file_too_long_to_be_scanned_is_not_taken(running, monkeypatch):
    monkeypatch.setattr(scanning, "MOST_BYTES", 100)
    running.most_bytes = 50

    by_us, by_it = ask(view_of(), file_of(b"x" * 101), file_of(b"x" * 60))

    for file in (by_us, by_it):
        with pytest.raises(TooLong):
            file.read()


def test_strangers_do_not_have_files_scanned_behind_a_guard(running):
    [file] = ask(view_of("staff"), file_of(EICAR))

    with pytest.raises(TakesNoFiles):
        file.read()
    assert running.scanned == []


@pytest.mark.parametrize("clamd_at", ["", "as it runs"])
def test_a_form_whose_view_does_not_say_so_gets_no_file(running, settings, clamd_at):
    settings.CLAMD = clamd_at and running.address

    [file] = ask(view_of(takes=False), file_of(CLEAN))

    with pytest.raises(TakesNoFiles):
        cleaned(file)


def test_without_a_scanner_files_are_taken_as_ever(settings):
    settings.CLAMD = ""

    [file] = ask(view_of(), file_of(EICAR))

    assert cleaned(file).content == EICAR


def test_each_refusal_may_be_told_apart(running):
    running.misbehave("hang_up")
    with pytest.raises(ScannerAway):
        scanning.check(CLEAN, place="here")
    with pytest.raises(VirusFound) as found:
        scanning.check(EICAR, place="here")
    assert found.value.signature == SIGNATURE
