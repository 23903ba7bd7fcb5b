"""A circular in words that are carried elsewhere: a message for a group, a text for the loudspeaker; and its answers."""

from collections.abc import Mapping

from fanxing.circulars.models import Circular
from fanxing.scheme.days import written_day

GROUP_LENGTH = 300
REST = "……（全文见系统）"

# What is answered by one tap.
CHOICES: Mapping[str, Mapping[str, str]] = {
    Circular.Asks.YES_NO: {"yes": "是", "no": "否"},
    Circular.Asks.CALL: {"coming": "能到", "not_coming": "不能到", "here": "已到"},
}
# The answer of a call-up that counts for a patrol round.
HERE = "here"


def group_text(circular: Circular) -> str:
    """What is copied into a group: plain, with who says so and until when (not to residents, who answer nothing), never longer than a
    message."""
    end = f"请于{written_day(circular.due_on)}前在系统内回复。" if circular.asks and circular.due_on and not circular.is_passed_on else ""
    head, foot = f"【{circular.title}】", f"{end}——{circular.unit.name}"
    room = GROUP_LENGTH - len(head) - len(foot)
    text = " ".join(circular.text.split())
    return f"{head}{text if len(text) <= room else text[: room - len(REST)] + REST}{foot}"


def spoken_text(circular: Circular) -> str:
    """What is read out over the loudspeaker, and then once more."""
    said = circular.spoken.strip() or f"各位居民请注意。{circular.title}。{circular.text}"
    return f"{said}\n再播送一遍。\n{said}\n播送单位：{circular.unit.name}。"


def answer_words(circular: Circular, answer: str) -> str:
    """An answer as it is read."""
    return CHOICES.get(circular.asks, {}).get(answer, answer)
