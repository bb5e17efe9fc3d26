"""The categories a company begins with; it may rename them, add others, and put them away."""

from dataclasses import dataclass

from ispbill.core.marking import gettext_noop


@dataclass(frozen=True)
class Shipped:
    """A category as it comes: English and Bangla, and the points of one that was resolved."""

    code: str
    name: str
    local_name: str
    weight: int
    hint: str = ""


SHIPPED = (
    Shipped(
        "connection",
        "No connection",
        "সংযোগ নেই",
        2,
        gettext_noop("Switch the router off, wait half a minute, and switch it on again."),
    ),
    Shipped(
        "speed",
        "Slow or unstable",
        "ধীর বা অস্থির",
        2,
        gettext_noop("Try with a cable, or stand next to the router."),
    ),
    Shipped("billing", "Bill or payment", "বিল বা পেমেন্ট", 1),
    Shipped("relocation", "Moving house", "ঠিকানা বদল", 3),
    Shipped("other", "Something else", "অন্য কিছু", 1),
)
