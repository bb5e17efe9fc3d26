"""One API connection: login, tags, cancelling, and the faults that may strike.

A tag is echoed in every sentence of an answer, right after the reply word, as recorded answers
have it (tests/network/recorded).
"""

import asyncio
import contextlib
from collections.abc import Iterable

from ispbill.devtools.sandbox.routeros import commands, listening
from ispbill.devtools.sandbox.routeros.errors import INTERRUPTED, Trap
from ispbill.devtools.sandbox.routeros.faults import Fault
from ispbill.devtools.sandbox.routeros.login import Login
from ispbill.devtools.sandbox.routeros.request import Answer, Command, parse
from ispbill.devtools.sandbox.routeros.router import LogEntry, VirtualRouter
from ispbill.devtools.sandbox.routeros.spec import UserSpec
from ispbill.devtools.sandbox.routeros.wire import SentenceReader, WireError, encode_sentence

_BEFORE_LOGIN_BYTES = 4_096
_AFTER_LOGIN_BYTES = 4_194_304
_READ_BYTES = 65_536
_STREAM_SECONDS = 1.0
_HANG_SECONDS = 3_600.0
_NOT_LOGGED_IN = ["!fatal", "not logged in"]


class HangUp(Exception):
    """Close the socket now, without another word."""


class ReplyCache:
    """Encoded answers to repeated prints, good while nothing on the router has changed."""

    def __init__(self) -> None:
        self._revision = -1
        self._replies: dict[tuple[str, ...], bytes] = {}

    def get(self, key: tuple[str, ...], revision: int) -> bytes | None:
        if revision != self._revision:
            self._replies.clear()
            self._revision = revision
        return self._replies.get(key)

    def put(self, key: tuple[str, ...], revision: int, reply: bytes) -> None:
        if revision == self._revision:
            self._replies[key] = reply


class Connection:
    """Serves one client until it leaves. Untagged commands run one after the other.

    `_running` holds the task of each tag; the untagged command of the moment is under None.
    """

    def __init__(
        self,
        router: VirtualRouter,
        cache: ReplyCache,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.router = router
        self._cache = cache
        self._reader = reader
        self._writer = writer
        self._sentences = SentenceReader(max_sentence_bytes=_BEFORE_LOGIN_BYTES)
        self._user: UserSpec | None = None
        self._login_desk = Login(router)
        self._waiting: asyncio.Queue[list[str]] = asyncio.Queue()
        self._running: dict[str | None, asyncio.Task[None]] = {}
        self._drip: Fault | None = None
        self._is_cut = False
        peer = writer.get_extra_info("peername")
        self._address = str(peer[0]) if peer else ""

    async def serve(self) -> None:
        """Read sentences and answer them until either side closes."""
        worker = asyncio.create_task(self._work())
        reading = asyncio.create_task(self._read())
        try:
            await asyncio.wait({worker, reading}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            tasks = [worker, reading, *self._running.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if self._is_cut:
                self._writer.transport.abort()
            else:
                self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()

    async def _read(self) -> None:
        with contextlib.suppress(WireError, OSError):
            while data := await self._reader.read(_READ_BYTES):
                for sentence in self._sentences.feed(data):
                    await self._take(sentence)
                    if sentence[0] == "/quit":
                        return

    async def _take(self, sentence: list[str]) -> None:
        tag = _tag_of(sentence)
        if sentence[0] == "/cancel" and self._user is not None:
            await self._cancel(sentence, tag)
        elif sentence[0] == "/quit":
            self._write([["!fatal", "session terminated on request"]], None)
            await self._writer.drain()
        elif tag is None or self._user is None:
            self._waiting.put_nowait(sentence)
        else:
            self._running[tag] = asyncio.create_task(self._tagged(sentence, tag))

    async def _work(self) -> None:
        with contextlib.suppress(HangUp, OSError):
            while True:
                sentence = await self._waiting.get()
                task = asyncio.create_task(self._answer(sentence, _tag_of(sentence)))
                self._running[None] = task
                await asyncio.wait([task])
                del self._running[None]
                if not task.cancelled():
                    task.result()

    async def _tagged(self, sentence: list[str], tag: str) -> None:
        try:
            await self._answer(sentence, tag)
        except (HangUp, OSError):
            self._is_cut = True
            self._writer.transport.abort()
        finally:
            if self._running.get(tag) is asyncio.current_task():
                del self._running[tag]

    async def _cancel(self, sentence: list[str], own_tag: str | None) -> None:
        """Interrupt one command, or all: each is told so, then the cancelling is done, then they.

        This is the order of recorded answers.
        """
        wanted = next((word[5:] for word in sentence if word.startswith("=tag=")), None)
        tags = list(self._running) if wanted is None else [wanted]
        tasks = {tag: task for tag in tags if (task := self._running.get(tag)) is not None}
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
        stopped = [tag for tag, task in tasks.items() if task.cancelled()]
        for tag in stopped:
            self._write([["!trap", f"=category={INTERRUPTED}", "=message=interrupted"]], tag)
        self._write([["!done"]], own_tag)
        for tag in stopped:
            self._write([["!done"]], tag)

    async def _answer(self, sentence: list[str], tag: str | None) -> None:
        if self.router.slow_seconds:
            await asyncio.sleep(self.router.slow_seconds)
        fault = self.router.faults.strike(sentence[0])
        self._drip = fault if fault is not None and fault.kind == "drip" else None
        if fault is not None:
            await self._before(fault, sentence)
        if sentence[0] == "/login":
            encoded = self._encoded(self._login(sentence, fault), tag)
        elif self._user is None:
            self._write([_NOT_LOGGED_IN], None)
            await self._writer.drain()
            await self._hang_up(is_rude=False)
        else:
            encoded = await self._carry_out(self._user, sentence, tag, fault)
        if fault is not None and fault.kind in ("drop_after", "half"):
            await self._hang_up()
        if fault is not None and fault.kind == "cut":
            self._writer.write(encoded[: len(encoded) // 2])
            await self._writer.drain()
            await self._hang_up(is_rude=False)
        await self._send(encoded)

    async def _before(self, fault: Fault, sentence: list[str]) -> None:
        if fault.kind == "hang":
            self._log(sentence, "(hangs)")
            await asyncio.sleep(_HANG_SECONDS)
        if fault.kind == "drop_before":
            self._log(sentence, "(dropped)")
            await self._hang_up()
        if fault.kind == "fatal":
            self._log(sentence, "(fatal)")
            self._write([["!fatal", "out of memory"]], None)
            await self._writer.drain()
            await self._hang_up(is_rude=False)

    async def _hang_up(self, *, is_rude: bool = True) -> None:
        self._is_cut = is_rude
        raise HangUp

    async def _carry_out(
        self, user: UserSpec, sentence: list[str], tag: str | None, fault: Fault | None
    ) -> bytes:
        key = tuple(sentence) if tag is None and "sensitive" in user.policies else ()
        if key and fault is None:
            self.router.settle()
            cached = self._cache.get(key, self.router.revision)
            if cached is not None:
                self._log(sentence, "done (unchanged)")
                return cached
        try:
            command = parse(sentence)
            _strike_command(command, fault)
            if command.is_listening:
                await self._listen(user, command, tag)
            while command.is_endless:
                answer = commands.run(self.router, user, command)
                self._write([["!re", *row] for row in answer.rows], tag)
                await self._writer.drain()
                await asyncio.sleep(_STREAM_SECONDS)
            is_ignored = fault is not None and fault.kind == "ignore"
            answer = Answer()
            if not is_ignored:
                answer = commands.run(self.router, user, command)
        except Trap as trap:
            self._log(sentence, trap.message)
            return self._encoded(_refusal(trap), tag)
        self._log(sentence, f"{len(answer.rows)} rows" if answer.is_print else "done")
        encoded = self._encoded(self._reply(answer), tag)
        if key and answer.is_print:
            self._cache.put(key, self.router.revision, encoded)
        return encoded

    async def _listen(self, user: UserSpec, command: Command, tag: str | None) -> None:
        """Tell every change of a menu until cancelled; raises Trap for one without rows."""
        commands.check_policy(user, command)
        with listening.ear(self.router, command, hidden=commands.hidden_from(user)) as heard:
            self._log(sentence=[command.path], result="listening")
            if command.verb == "print":
                answer = commands.run(self.router, user, command)
                self._write([["!re", *row] for row in answer.rows], tag)
            while True:
                self._write([["!re", *row] for row in await heard(_STREAM_SECONDS)], tag)
                await self._writer.drain()

    def _reply(self, answer: Answer) -> list[list[str]]:
        replies = [["!re", *row] for row in answer.rows]
        if answer.is_print and not replies and self.router.spec.sends_empty:
            replies.append(["!empty"])
        replies.append(["!done"] if answer.ret is None else ["!done", f"=ret={answer.ret}"])
        return replies

    def _login(self, sentence: list[str], fault: Fault | None) -> list[list[str]]:
        given = dict(word[1:].split("=", 1) for word in sentence[1:] if word.count("=") > 1)
        is_refused = fault is not None and fault.kind == "wrong_password"
        try:
            result = self._login_desk.attempt(given, is_refused=is_refused)
        except Trap as trap:
            self._log(sentence, "refused")
            self.router.note_login(given.get("name", ""), self._address, is_in=False)
            return _refusal(trap)
        if isinstance(result, str):
            return [["!done", f"=ret={result}"]]
        self._user = result
        self._sentences.max_sentence_bytes = _AFTER_LOGIN_BYTES
        self._log(sentence, "logged in")
        self.router.note_login(result.name, self._address, is_in=True)
        return [["!done"]]

    # --- writing ---------------------------------------------------------------------------------

    def _encoded(self, replies: Iterable[list[str]], tag: str | None) -> bytes:
        if tag is None:
            return b"".join(map(encode_sentence, replies))
        return b"".join(encode_sentence([word, f".tag={tag}", *rest]) for word, *rest in replies)

    def _write(self, replies: Iterable[list[str]], tag: str | None) -> None:
        self._writer.write(self._encoded(replies, tag))

    async def _send(self, data: bytes) -> None:
        if self._drip is None:
            self._writer.write(data)
            await self._writer.drain()
            return
        for position in range(len(data)):
            self._writer.write(data[position : position + 1])
            await self._writer.drain()
            await asyncio.sleep(self._drip.seconds)

    def _log(self, sentence: list[str], result: str) -> None:
        try:
            command = parse(sentence)
            path, told = command.path, command.told()
        except Trap:
            path, told = sentence[0][:80], ""
        name = self._user.name if self._user else ""
        self.router.log.append(
            LogEntry(
                at=self.router.clock.moment().isoformat(timespec="milliseconds"),
                user=name,
                address=self._address,
                command=path,
                arguments=told,
                result=result,
            )
        )


def _strike_command(command: Command, fault: Fault | None) -> None:
    if fault is None:
        return
    if fault.kind == "no_permission":
        raise Trap("not enough permissions (9)")
    if fault.kind == "double_trap":
        raise Trap(f"no such command or directory ({command.verb})", also="no such command prefix")
    if fault.kind == "trap":
        raise Trap("action failed (6)")
    if fault.kind == "half" and ".id" in command.attributes:
        ids = command.attributes[".id"].split(",")
        command.attributes[".id"] = ",".join(ids[: max(1, len(ids) // 2)])


def _tag_of(sentence: list[str]) -> str | None:
    return next((word[5:] for word in sentence if word.startswith(".tag=")), None)


def _refusal(trap: Trap) -> list[list[str]]:
    category = [] if trap.category is None else [f"=category={trap.category}"]
    replies = [["!trap", *category, f"=message={trap.message}"]]
    if trap.also:
        replies.append(["!trap", f"=message={trap.also}"])
    return [*replies, ["!done"]]
