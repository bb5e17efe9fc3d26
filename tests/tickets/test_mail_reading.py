"""Reading mails: words without markup, machines told from people, what was quoted left out."""

import pytest

from tests.tickets.mails import bounce, mail
from tickets.rules import mail_reading


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"Precedence": "list"},
        {"Precedence": "junk"},
        {"Precedence": "auto_reply"},
        {"List_Id": "<news.mail.test>"},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": "vacation"},
        {"Return_Path": "<>"},
        {"sender": "MAILER-DAEMON@mail.test"},
    ],
)
def test_a_machine_is_known_by(headers):
    assert mail_reading.read(mail(**headers)).machine


@pytest.mark.parametrize(
    "headers", [{}, {"Auto_Submitted": "no"}, {"X_Auto_Response_Suppress": "All"}]
)
def test_a_person_is_none(headers):
    assert mail_reading.read(mail(**headers)).machine == ""


def test_plain_words_win_and_html_is_text_alone():
    bad = (
        "<p>Hello&nbsp;<b>there</b></p><script>alert(1)</script><style>p{}</style>"
        '<form action="https://evil.test"><input></form>'
        '<img src="https://spy.test/x.gif" onerror="a()"><div>Second <a href="x">line</a></div>'
    )
    assert mail_reading.read(mail("Plain.", html=bad)).text == "Plain."
    assert mail_reading.read(mail("", html=bad)).text == "Hello there\nSecond line"


@pytest.mark.parametrize(
    "quoted",
    [
        "It is down again.\n\nOn Mon, 5 Jan 2026 at 10:00, Demo Net wrote:\n> Is it up?",
        "It is down again.\n> Is it up?\n> Yes",
        "It is down again.\n\n-----Original Message-----\nFrom: Demo",
        "It is down again.\n--\nAmina, 01711-000001",
    ],
)
def test_what_is_quoted_is_left_out(quoted):
    assert mail_reading.without_quotes(quoted) == "It is down again."


def test_a_mail_of_quotes_alone_stays_whole():
    assert mail_reading.without_quotes("> only this") == "> only this"


def test_a_report_of_delivery_names_whom_and_which():
    (told,) = mail_reading.read(bounce("amina@mail.test", "m7-0123456789@demo.test")).bounces
    assert (told.recipient, told.status, told.ref) == (
        "amina@mail.test",
        "5.1.1",
        "m7-0123456789@demo.test",
    )
    assert told.is_final


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00garbage",
        b"From: \r\nSubject: =?utf-8?b?////?=\r\nContent-Type: text/plain; charset=odd\r\n\r\nx",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"From: a\0@b\r\nMessage-ID: <a\0b@c>\r\nSubject: \0\r\n\r\nx\0y",
        b"From: a@b\r\nMessage-ID: <[x\r\nReferences: <a> <b\r\n\r\n",
        b"From: " + b"a" * 5000 + b"@b\r\nSubject: " + b"x" * 5000 + b"\r\n\r\n" + b"y" * 100_000,
    ],
)
def test_a_broken_mail_is_read_as_far_as_it_goes(raw):
    read = mail_reading.read(raw)
    assert len(read.text) <= mail_reading.MOST_TEXT
    assert len(read.sender) <= 254
    assert "\0" not in "".join([read.sender, read.name, read.subject, read.message_id, read.text])
