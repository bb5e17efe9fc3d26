"""Each part of the console as a picture: light, dark, and on a phone. What looks otherwise is seen.

The pictures stand in `pictures/`, small and soft, so that another machine's way of smoothing
letters does not count; a gap that closed, a colour that went, a row that grew does. After a change
that is meant: `UPDATE_PICTURES=1 python3 manage.py test tests/journeys/test_pictures.py`, and look.
"""

import io
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageChops

from ispbill.core import clock
from tests.factories.accounts import UserFactory

PICTURES = Path(__file__).with_name("pictures")
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1440, "height": 900}
LOOKS = {"light": (DESK, "light"), "dark": (DESK, "dark"), "phone": (PHONE, "light")}
# Not the states: they are words, of which there are more with every room.
PARTS = ("formats", "list", "tiles", "charts", "progress", "forms", "failures")
SOFT = 4  # so many pixels are one
SEEN = 28  # of 255: a difference that the eye meets
MOST = 0.002  # of a picture may differ: letters that are smoothed another way
# Nothing moves, and what stays on top while a page is scrolled covers no part.
STILL = """*, ::before, ::after { transition: none !important; animation: none !important }
.skip-link, .topbar { visibility: hidden !important }"""


def soft(picture):
    small = (max(1, picture.width // SOFT), max(1, picture.height // SOFT))
    return picture.convert("RGB").resize(small, Image.Resampling.BOX)


def difference(one, other):
    """Return the share of a picture that looks otherwise; all of it where the sizes differ."""
    if abs(one.width - other.width) > 1 or abs(one.height - other.height) > 1:
        return 1.0
    size = (min(one.width, other.width), min(one.height, other.height))
    apart = ImageChops.difference(one.crop((0, 0, *size)), other.crop((0, 0, *size)))
    bands = [band.point(lambda value: 255 * (value > SEEN)) for band in apart.split()]
    changed = ImageChops.lighter(ImageChops.lighter(*bands[:2]), bands[2])
    return changed.histogram()[255] / (size[0] * size[1])


def kept(part, look):
    return Image.open(io.BytesIO((PICTURES / f"{part}-{look}.png").read_bytes()))


@pytest.fixture
def taken(live_server, chromium):
    """A function that takes the picture of every part in one look, after a style is put in."""
    clock.set_simulated(datetime(2026, 1, 20, 4, 0, tzinfo=UTC))
    client = Client()
    client.force_login(UserFactory(name="Mina Akter"))
    session = client.cookies[settings.SESSION_COOKIE_NAME]

    def take(look, style=STILL):
        viewport, scheme = LOOKS[look]
        context = chromium.new_context(
            viewport=viewport,
            base_url=live_server.url,
            color_scheme=scheme,
            reduced_motion="reduce",
            bypass_csp=True,
        )
        context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])
        page = context.new_page()
        page.goto(reverse("parts:show"))
        page.add_style_tag(content=style)
        page.evaluate("document.fonts.ready")
        found = {
            part: soft(Image.open(io.BytesIO(page.locator(f"#part-{part}").screenshot())))
            for part in PARTS
        }
        context.close()
        return found

    return take


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
def test_every_part_looks_as_it_did(look, taken):
    found = taken(look)

    if os.environ.get("UPDATE_PICTURES"):
        PICTURES.mkdir(exist_ok=True)
        for part, picture in found.items():
            picture.save(PICTURES / f"{part}-{look}.png", optimize=True)
    changed = {
        part: round(share, 3)
        for part, picture in found.items()
        if (share := difference(kept(part, look), picture)) > MOST
    }
    assert changed == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "spoilt"),
    [
        ("list", ".grid-table td { padding-top: 9px !important }"),
        ("progress", ".btn-primary { background: #8a2be2 !important }"),
        ("formats", ".facts dd { text-align: right !important }"),
        ("tiles", ".tiles { gap: 0 !important }"),
    ],
)
def test_a_part_that_was_spoilt_is_seen(part, spoilt, taken):
    found = taken("light", f"{STILL} {spoilt}")

    assert difference(kept(part, "light"), found[part]) > MOST
