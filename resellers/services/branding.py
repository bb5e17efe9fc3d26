"""Let a reseller's name, phone and logo stand beside the house's on its customers' papers."""

import io

from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import made_files, uploads
from ispbill.core.acts import Act
from ispbill.core.uploads import FileRefused, Kind, Upload
from resellers.models import Reseller

MOST_BYTES = 1 << 20
WIDEST, HIGHEST = 480, 160  # pixels that are kept: twice what the paper shows
_NAMES = ("is_co_branded", "brand_name", "brand_phone", "logo_path")


@transaction.atomic
def brand(
    *,
    reseller: Reseller,
    is_shown: bool,
    name: str,
    phone: str,
    logo: Upload | None,
    drops_logo: bool,
    act: Act[User],
) -> Reseller:
    """Set a reseller's brand; without a new logo the old one stays unless it is dropped.

    Papers are made anew with it when somebody asks for them. Raises FileRefused, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    reseller = Reseller.objects.select_for_update(no_key=True, of=("self",)).get(pk=reseller.pk)
    was = {one: getattr(reseller, one) for one in _NAMES}
    reseller.is_co_branded = is_shown
    reseller.brand_name, reseller.brand_phone = " ".join(name.split()), phone
    if logo is not None:
        reseller.logo_path = made_files.keep(_small(logo.content), suffix="png")[1]
    elif drops_logo:
        reseller.logo_path = ""
    before, after = events.changes(was, {one: getattr(reseller, one) for one in _NAMES})
    if after:
        reseller.save(update_fields=list(_NAMES))
        events.record(
            act=act, action="reseller.branded", target=reseller, before=before, after=after
        )
    return reseller


def _small(content: bytes) -> bytes:
    """Return a picture as a small PNG without anything that came beside it. Raises FileRefused."""
    paper = uploads.paper(content, most_bytes=MOST_BYTES)
    if paper.kind is Kind.PDF:
        raise FileRefused(_("The logo is a PNG or JPEG picture."))
    with Image.open(io.BytesIO(paper.content)) as picture:
        shown = picture.convert("RGBA")
    shown.thumbnail((WIDEST, HIGHEST))
    out = io.BytesIO()
    shown.save(out, format="PNG", optimize=True)
    return out.getvalue()
