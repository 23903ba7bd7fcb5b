"""Faults: everything that is wrong with a scheme, collected so that they come all at once."""

from dataclasses import dataclass

from fanxing.scheme.model import Place


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, where it stands, and what would be right. `harmless`: the rules could still be reckoned with."""

    place: Place
    message: str
    harmless: bool = False

    def __str__(self) -> str:
        return " ".join(f"{self.place}: {self.message}".split())


class SchemeError(ValueError):
    """A scheme that cannot be used; `faults` are all of its faults, in the order of files and lines."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = tuple(sorted(dict.fromkeys(faults), key=lambda fault: (fault.place.file, fault.place.line)))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class Faults:
    """The faults found so far."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, place: Place, message: str, *, harmless: bool = False) -> None:
        """Note one fault."""
        self.found.append(Fault(place, message, harmless))

    def raise_if_any(self) -> None:
        """Raise SchemeError if there is at least one."""
        if self.found:
            raise SchemeError(tuple(self.found))
