"""The command that loads the demo, where there is nothing to load."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper

from fanxing.accounts.models import User
from fanxing.demo.progress import Progress


class Terminal(StringIO):
    """A stream that somebody watches."""

    def isatty(self) -> bool:
        return True


@pytest.mark.django_db
def test_outside_the_demo_nothing_is_loaded(settings):
    settings.DEMO = False
    out = StringIO()
    call_command("load_demo", "--if-empty", stdout=out)
    assert out.getvalue() == "不是演示环境（FANXING_DEMO），不装入演示数据\n"
    with pytest.raises(CommandError, match="不是演示环境"):
        call_command("load_demo")
    assert not User.objects.exists()


def test_a_bar_grows_in_the_terminal_and_ends_its_line():
    out = Terminal()
    progress = Progress("装入", 4, OutputWrapper(out))
    for _ in range(4):
        progress.advance(1, "台账")
    progress.end()
    drawn = out.getvalue().split("\r\033[K")
    assert [line.split(" ")[0] + line.split("　")[0][-4:].strip(" ") for line in drawn[1:4]] == ["装入25%", "装入50%", "装入75%"]
    assert drawn[4] == f"装入 {'█' * 30} 100%　4 条　台账\n"


def test_where_nobody_watches_a_line_tells_of_every_new_thing():
    out = StringIO()
    progress = Progress("装入", 4, OutputWrapper(out))
    for what in ("台账", "台账", "评定"):
        progress.advance(1, what)
    assert [line.split("　")[:3] for line in out.getvalue().splitlines()] == [["装入  25%", "1 条", "台账"], ["装入  75%", "3 条", "评定"]]
