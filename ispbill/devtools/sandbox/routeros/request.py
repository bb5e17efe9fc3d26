"""A request to a router taken apart, and the answer before it is put into words."""

from dataclasses import dataclass, field

from ispbill.devtools.sandbox.routeros.errors import BAD_VALUE, MISSING_ITEM, Trap


@dataclass(kw_only=True)
class Command:
    """A request taken apart: verb and menu, attributes, query words and the tag."""

    menu: str
    verb: str
    attributes: dict[str, str] = field(default_factory=dict)
    queries: list[str] = field(default_factory=list)
    tag: str | None = None

    @property
    def path(self) -> str:
        return f"{self.menu}/{self.verb}" if self.menu else f"/{self.verb}"

    @property
    def is_endless(self) -> bool:
        """Whether it answers each second until it is cancelled."""
        if self.path == "/interface/monitor-traffic":
            return "once" not in self.attributes
        return self.path in ("/ping", "/tool/ping") and "count" not in self.attributes

    @property
    def is_listening(self) -> bool:
        """Whether it tells changes until it is cancelled."""
        follows = {"follow", "follow-only"} & set(self.attributes)
        return self.verb == "listen" or (self.verb == "print" and bool(follows))

    def told(self) -> str:
        """Return the arguments for the log, without passwords."""
        hidden = {"password", "response"}
        words = [f"{k}={'***' if k in hidden else v}" for k, v in self.attributes.items()]
        text = " ".join([*words, *self.queries])
        return text if len(text) <= 400 else f"{text[:400]}…"


@dataclass(kw_only=True)
class Answer:
    """Rows (each a list of words after `!re`) and what `!done` carries."""

    rows: list[list[str]] = field(default_factory=list)
    ret: str | None = None
    is_print: bool = False


def parse(sentence: list[str]) -> Command:
    """Take a request apart; raises Trap for a word that is none."""
    path = sentence[0]
    menu, _, verb = path.rpartition("/")
    if not path.startswith("/") or not verb:
        raise Trap("no such command prefix", MISSING_ITEM)
    command = Command(menu=menu, verb="print" if verb == "getall" else verb)
    for word in sentence[1:]:
        if word.startswith("="):
            name, _, value = word[1:].partition("=")
            command.attributes[name] = value
        elif word.startswith(".tag="):
            command.tag = word[5:]
        elif word.startswith("?"):
            command.queries.append(word)
        else:
            raise Trap(f"unknown word {word[:40]}", BAD_VALUE)
    return command
