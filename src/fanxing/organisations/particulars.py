"""What is said of a post beside who holds it: how and when the holder is reached, and what exactly they answer for."""

import re
from dataclasses import dataclass, fields

from fanxing.lib.refusals import Refused
from fanxing.scheme.wordlists import TRAITS

# 0374-1234567, 13800001234, +86 …, with an extension behind 转.
PHONE = re.compile(r"\A[0-9+][0-9 ()\-]{4,24}(转[0-9]{1,6})?\Z")
# One that is as likely a person's own as an office's.
MOBILE = re.compile(r"1[0-9]{10}")
LENGTHS = {"phone": 30, "hours": 100, "scope": 200, "duty": 200, "reward": 200}
TITLES = {"phone": "电话", "hours": "值守时间", "scope": "负责的范围", "duty": "职责", "reward": "奖励"}
# Streets are called so.
STREETS = re.compile("民族(?=[大中东西南北]?[路街道巷里苑])")


class ParticularsFaulty(Refused):
    """What is said of a post is too long, no phone number, or about the persons who live there."""


@dataclass(frozen=True)
class Particulars:
    """What is said of a post, as `Assignment` holds it."""

    phone: str = ""
    hours: str = ""
    scope: str = ""
    duty: str = ""
    reward: str = ""

    def checked(self) -> "Particulars":
        """The same without space at the ends; raises ParticularsFaulty with every fault."""
        told = Particulars(**{one.name: getattr(self, one.name).strip() for one in fields(self)})
        if faults := told.faults():
            raise ParticularsFaulty("；".join(f"{TITLES[name]}：{words}" for name, words in faults.items()))
        return told

    def faults(self) -> dict[str, str]:
        """What is wrong, by field."""
        texts = {one.name: getattr(self, one.name) for one in fields(self)}
        found = {name: f"不超过 {LENGTHS[name]} 个字" for name, text in texts.items() if len(text) > LENGTHS[name]}
        if self.phone and not PHONE.match(self.phone):
            found["phone"] = "写成 0374-1234567 或 13800001234 这样，分机写“转 801”前不留空格"
        for name in ("scope", "duty", "reward"):
            plain = STREETS.sub("", texts[name])
            if trait := next((word for one in TRAITS if (word := one.found_in(plain))), ""):
                found[name] = f"不写“{trait}”这类个人情况，只写楼栋、街巷和要做的事"
        return found


NO_PARTICULARS = Particulars()
