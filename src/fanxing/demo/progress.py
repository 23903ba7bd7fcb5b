"""A bar in the terminal."""

from django.core.management.base import OutputWrapper

WIDTH = 30


class Progress:
    """Shows how much of the work is done; where nobody watches, nothing."""

    def __init__(self, title: str, total: int, stream: OutputWrapper) -> None:
        self.title, self.total, self.stream = title, total, stream
        self.done, self.drawn = 0, -1

    def advance(self, count: int) -> None:
        """So much more is done."""
        self.done += count
        share = self.done * 100 // self.total
        if self.stream.isatty() and share > self.drawn:
            bar = "█" * (WIDTH * share // 100)
            self.stream.write(f"\r{self.title} {bar:<{WIDTH}} {share:3}%", ending="\n" if share == 100 else "")
            self.stream.flush()
        self.drawn = share
