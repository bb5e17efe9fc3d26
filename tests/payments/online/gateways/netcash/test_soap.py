"""Envelopes out and answers in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ispbill.devtools.sandbox.netcash import envelopes
from payments.online.gateways.netcash import soap
from payments.online.gateways.netcash.contract import NetcashDown, NetcashRefused

ANSWERS = {
    "BatchFileUpload": envelopes.text_answer("BatchFileUpload", "20000000.2550236530.0483.2.2"),
    "AddMandate": envelopes.mandate_answer(code="203", errors=["a", "b"], url="", tracking="t"),
}


@given(st.text(max_size=200))
def test_whatever_is_said_arrives_as_it_was_or_without_what_xml_cannot_say(text):
    body = soap.envelope("BatchFileUpload", [("ServiceKey", "k"), ("File", text)])

    action = '"http://tempuri.org/INIWS_NIF/BatchFileUpload"'
    method, members = envelopes.read(body, action, "INIWS_NIF")
    heard = soap._UNSPEAKABLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    assert (method, members) == ("BatchFileUpload", {"ServiceKey": "k", "File": heard})


def test_members_of_an_object_are_found_whatever_their_prefix():
    body = ANSWERS["AddMandate"].replace(b"a:", b"zz:").replace(b"xmlns:a", b"xmlns:zz")

    result = soap.read(body, "AddMandate")

    assert result.one("ErrorCode") == "203"
    assert result.members["Errors"] == ("a", "b")
    assert (result.one("MandateUrl"), result.one("TrackingIndicator")) == ("", "t")


def test_line_ends_come_through_as_references():
    body = envelopes.text_answer("RetrieveMerchantStatement", "a\tb\r\nc")

    assert b"&#xD;" in body
    assert soap.read(body, "RetrieveMerchantStatement").text == "a\tb\r\nc"


def test_entities_document_types_and_other_peoples_answers_are_not_read():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + ANSWERS[
        "BatchFileUpload"
    ].replace(b"2550236530", b"&b;")
    for body in (bomb, b"", b"<html><body>ok</body></html>", b"\xff\xfe", ANSWERS["AddMandate"]):
        with pytest.raises(NetcashDown) as caught:
            soap.read(body, "BatchFileUpload")
        assert caught.value.was_sent


def test_a_fault_is_a_no_only_when_nothing_was_begun():
    with pytest.raises(NetcashRefused, match="cannot be processed"):
        soap.read(envelopes.fault("ActionNotSupported", "It cannot be processed"), "X")
    with pytest.raises(NetcashDown) as caught:
        soap.read(envelopes.fault("InternalServiceFault", "Oops"), "X")
    assert caught.value.was_sent


@given(st.data(), st.sampled_from(sorted(ANSWERS)))
def test_a_spoilt_answer_is_down_or_an_answer_and_never_a_crash(data, method):
    raw = bytearray(ANSWERS[method])
    for _spot in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=6)) or b"<"

    try:
        result = soap.read(bytes(raw), method)
    except NetcashDown as error:
        result = None if error.was_sent else error
    assert result is None or isinstance(result.text, str)
