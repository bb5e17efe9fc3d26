"""A router that says what a test puts into its mouth, on a real socket.

For answers the sandbox would never give: recorded ones, odd ones and broken ones.
"""

import socket
import threading

from ispbill.core.addresses import Fence
from ispbill.devtools.sandbox.routeros.wire import SentenceReader, encode_sentence
from network.gateways.base import RouterLogin


class Parrot:
    """Answers each command with what is in `says`: sentences, or bytes to be sent as they are.

    Any login is welcome. A command it was not taught is answered `!done`. `heard` are the sentences
    it was asked. After bytes it closes the connection.
    """

    def __init__(self, says):
        self.says = says
        self.heard = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_error):
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(5)

    @property
    def login(self):
        host, port = self._listening.getsockname()
        policy = Fence(endpoints=frozenset({(host, port)}))
        return RouterLogin(host=host, port=port, username="u", password="p", policy=policy)

    def _serve(self):
        while True:
            try:
                connection, _address = self._listening.accept()
            except OSError:
                return
            with connection:
                self._talk(connection)

    def _talk(self, connection):
        reader = SentenceReader(max_sentence_bytes=1_000_000)
        while data := connection.recv(65_536):
            for sentence in reader.feed(data):
                self.heard.append(sentence)
                answer = self.says.get(sentence[0], [["!done"]])
                if isinstance(answer, bytes):
                    connection.sendall(answer)
                    return
                tag = [word for word in sentence if word.startswith(".tag=")]
                for reply in answer:
                    connection.sendall(encode_sentence([reply[0], *tag, *reply[1:]]))


def table(rows):
    """Return rows (dictionaries) as the sentences of an answer."""
    return [["!re", *(f"={name}={value}" for name, value in row.items())] for row in rows] + [
        ["!done"]
    ]
