"""A bar in the terminal."""

from time import perf_counter

from django.core.management.base import OutputWrapper

WIDTH = 30


class Progress:
    """Shows how much of the work is done, and what is being done; where nobody watches, a line for every new thing."""

    def __init__(self, title: str, total: int, stream: OutputWrapper) -> None:
        self.title, self.total, self.stream = title, total, stream
        self.done, self.shown, self.what = 0, "", ""
        self.begun = perf_counter()

    def advance(self, count: int, what: str) -> None:
        """So much more is done, of this."""
        self.done += count
        share = self.done * 100 // self.total
        if self.stream.isatty():
            self._draw(share, what)
        elif what != self.what:
            self.stream.write(f"{self.title} {share:3}%　{self.done} 条　{what}　{perf_counter() - self.begun:.0f} 秒")
        self.what = what
        self.stream.flush()

    def _draw(self, share: int, what: str) -> None:
        bar = "█" * (WIDTH * share // 100)
        line = f"{self.title} {bar:<{WIDTH}} {share:3}%　{self.done} 条　{what}"
        if line != self.shown:
            # What stood there before may have been longer.
            self.stream.write(f"\r\033[K{line}", ending="")
        self.shown = line

    def end(self) -> None:
        """All is done: what follows begins on a line of its own."""
        if self.stream.isatty():
            self.stream.write("")
