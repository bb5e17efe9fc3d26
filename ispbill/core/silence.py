"""A server that did not answer is not waited for again for a while: by this process, by anybody."""

import time

from redis.exceptions import TimeoutError as RedisTimeout


class Silence:
    """Begins with a question that timed out, and is over after `seconds`.

    One that refuses at once costs nothing to ask again, and begins none.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._until = 0.0

    @property
    def lasts(self) -> bool:
        return time.monotonic() < self._until

    def after(self, error: BaseException | None) -> None:
        """Begin where an error says that nothing was answered."""
        if isinstance(error, TimeoutError | RedisTimeout):
            self._until = time.monotonic() + self.seconds

    def end(self) -> None:
        """Ask again at once."""
        self._until = 0.0
