"""How long what is kept, and what a country's law wants at least. Source: operations-rules 6."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kept:
    """One kind of data: `days` as we keep it; `floors` by country, in days, with the law's name."""

    days: int
    floors: dict[str, tuple[int, str]]


YEAR = 365
KEPT: dict[str, Kept] = {
    "message_text": Kept(180, {}),
    "mail_text": Kept(180, {}),
    "messages": Kept(2 * YEAR, {}),
    "callbacks": Kept(548, {"BD": (180, "BTRC")}),
    "job_runs": Kept(90, {}),
    "sign_ins": Kept(YEAR, {"IN": (180, "CERT-In directions of 2022")}),
    "lost_leads": Kept(YEAR, {}),
    "codes": Kept(1, {}),
    "sent_reports": Kept(2 * YEAR, {}),
    "photos": Kept(2 * YEAR, {}),
}
RUNS_OF_EACH_JOB = 30


class TooShort(ValueError):
    """The law of the country wants it kept longer; the message names it."""


def days(kind: str, *, country: str, wanted: int | None = None) -> int:
    """Return how long a kind of data is kept, in days. Raises TooShort below a country's floor."""
    kept = KEPT[kind]
    found = kept.days if wanted is None else wanted
    floor, law = kept.floors.get(country, (0, ""))
    if found < floor:
        raise TooShort(f"{law} wants {kind} kept for {floor} days.")
    return found
