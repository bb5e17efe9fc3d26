"""A bare API client for tests: it sends sentences and shows what comes back, unchanged."""

import socket

from ispbill.devtools.sandbox.routeros.wire import SentenceReader, encode_sentence


class Talker:
    def __init__(self, endpoint, *, timeout=5.0):
        address = (endpoint["host"], endpoint["port"])
        self.socket = socket.create_connection(address, timeout=timeout)
        self.reader = SentenceReader(max_sentence_bytes=1_000_000)
        self.arrived = []

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.socket.close()

    def send(self, *words):
        self.socket.sendall(encode_sentence(words))

    def receive(self):
        """Return the next sentence, or None when the router has closed the connection."""
        while not self.arrived:
            try:
                data = self.socket.recv(65_536)
            except ConnectionResetError:
                return None
            if not data:
                return None
            self.arrived += self.reader.feed(data)
        return self.arrived.pop(0)

    def ask(self, *words):
        """Return all sentences up to and including `!done` (or until the router closes)."""
        self.send(*words)
        answer = []
        while True:
            sentence = self.receive()
            if sentence is None:
                return answer
            answer.append(sentence)
            if sentence[0] == "!done":
                return answer

    def log_in(self, endpoint):
        words = (f"=name={endpoint['username']}", f"=password={endpoint['password']}")
        assert self.ask("/login", *words) == [["!done"]]
        return self
