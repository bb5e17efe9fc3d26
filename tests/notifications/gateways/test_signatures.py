"""The providers' signatures, by vectors that were not made with our code."""

from ispbill.notifications.gateways import twilio, whatsapp


def test_twilio_signs_the_address_and_every_field():
    fields = {"MessageSid": "SM123", "MessageStatus": "delivered", "To": "+8801711000000"}
    url = "https://isp.example/hooks/twilio/status"
    assert twilio.signature("token", url, fields) == "AYhyA4DMUdeRtS+nRBzVj97GOho="


def test_meta_signs_the_raw_body():
    raw = b'{"object":"whatsapp_business_account","entry":[]}'
    known = "sha256=d3e4f9da0ce6c71ab3dba55929b8eeeee2455349e534924ead19f98d143e904f"
    assert whatsapp.signature("app-secret", raw) == known
