"""From a message as people dictate or paste it to the records it proposes: open rules, no model, no network."""

from fanxing.dictation.proposing import Known, propose, propose_as
from fanxing.dictation.reading import Doubt, Part, Proposal, Reading, Said, Span

__all__ = ["Doubt", "Known", "Part", "Proposal", "Reading", "Said", "Span", "propose", "propose_as"]
