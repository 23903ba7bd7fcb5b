"""The ways through a procedure: what can be reached, where it comes to an end, and what is known by then."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from fanxing.scheme.model import Procedure, Step


@dataclass(frozen=True)
class Ways:
    """A procedure as a graph: states, and the steps between them that exist and that somebody can take, or that follow by themselves."""

    procedure: Procedure

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps whose states exist."""
        states = self.procedure.states
        return tuple(one for one in self.procedure.steps if one.source in states and one.target in states)

    @cached_property
    def open(self) -> tuple[Step, ...]:
        """Those of them that can be taken."""
        return tuple(one for one in self.steps if self.can_be_taken(one))

    def can_be_taken(self, step: Step) -> bool:
        """Whether somebody may take a step, or it follows by itself."""
        state = self.procedure.states.get(step.source)
        return bool(step.by) or (state is not None and step.id in state.by_itself)

    def by_people(self, state: str) -> tuple[Step, ...]:
        """The steps from a state that people take."""
        return tuple(one for one in self.procedure.steps_from(state) if one.by)

    @cached_property
    def reached(self) -> frozenset[str]:
        """The states that a matter can come to."""
        begins = self.procedure.begins
        forwards = {state: {one.target for one in self.steps if one.source == state} for state in self.procedure.states}
        return _closure([begins] if begins in self.procedure.states else [], forwards)

    @cached_property
    def stuck(self) -> frozenset[str]:
        """The states that do not end, and from which nothing that can be taken leads to another."""
        left = {one.source for one in self.open if one.target != one.source}
        return frozenset(id for id, state in self.procedure.states.items() if not state.ends and id not in left)

    @cached_property
    def trapped(self) -> frozenset[str]:
        """The states from which a matter goes round for ever: neither an end nor a state that is stuck can be reached."""
        ends = [id for id, state in self.procedure.states.items() if state.ends]
        backwards = {state: {one.source for one in self.open if one.target == state} for state in self.procedure.states}
        return frozenset(self.procedure.states) - _closure([*ends, *self.stuck], backwards)

    @cached_property
    def known(self) -> Mapping[str, frozenset[str]]:
        """The fields that are surely filled in when a matter comes to a state, whichever way it took; all where none leads there."""
        everything = frozenset(one.id for one in self.procedure.fields)
        known = dict.fromkeys(self.procedure.states, everything) | {self.procedure.begins: self._filled(self.procedure.asks)}
        changed = True
        while changed:
            changed = False
            for step in self.steps:
                if step.source in self.reached:
                    after = known[step.target] & (known[step.source] | self._filled(step.asks) | {id for id, _ in step.sets})
                    changed = changed or after != known[step.target]
                    known[step.target] = after
        return known

    def _filled(self, asks: Iterable[str]) -> frozenset[str]:
        """What a form that asks for these fields cannot leave open."""
        return frozenset(id for id in asks if (one := self.procedure.field(id)) is not None and one.required)


def _closure(beginnings: Iterable[str], ways: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """What can be reached from some states."""
    found: set[str] = set()
    waiting = list(beginnings)
    while waiting:
        id = waiting.pop()
        if id not in found:
            found.add(id)
            waiting += ways.get(id, ())
    return frozenset(found)
