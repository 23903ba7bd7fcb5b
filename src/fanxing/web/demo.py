"""The roles a visitor of the demo can step into with one click."""

from collections.abc import Iterator
from dataclasses import dataclass

from fanxing.accounts.models import User


@dataclass(frozen=True)
class Role:
    """A card of the sign-in page: whose account it opens and what to try in three minutes."""

    username: str
    title: str
    icon: str
    walk: str


ROLES = (
    Role(
        username="secretary",
        title="支部书记",
        icon="user",
        walk="打开“怎么成星”，选一步列为待办；记一次支部书记讲的党课，看这件事达到、第五颗星当场补上；再撤回，看它变回去。",
    ),
    Role(
        username="reviewer",
        title="乡镇审核",
        icon="clipboard-check",
        walk="按村查看星级；点开一颗星，从得分一直追到每一条记录；导出 Excel。",
    ),
    Role(
        username="clerk",
        title="街道经办",
        icon="list-tree",
        walk="打开“人员”，看网格里谁负责、哪个岗位空着、谁的任期快到了；任命一名街长，再用一张表导入；打开一个社区，看需求旁边有谁能帮。",
    ),
    Role(
        username="team",
        title="防汛队员",
        icon="clock",
        walk="打开“待办”里的集结通知，点“能到”或“已到”；换发通知的人登录，看谁到了、谁还没回，记一次巡防。",
    ),
    Role(
        username="desk",
        title="市级专班",
        icon="building-bank",
        walk="看全市各级各类单位的星级和走势；点开差一分成星的村，看依据和扣分；试改一条规则，看谁升谁降。",
    ),
    Role(
        username="deputy",
        title="规则复核",
        icon="users-group",
        walk="要两个人才算数的事由第二个人来办：核对提交来的规则，发布或退回。",
    ),
)


def roles() -> Iterator[dict[str, object]]:
    """The cards whose accounts exist, with the account of each."""
    names = [role.username for role in ROLES]
    users = {user.username: user for user in User.objects.filter(username__in=names, is_active=True)}
    for role in ROLES:
        if role.username in users:
            yield {"role": role, "user": users[role.username]}
