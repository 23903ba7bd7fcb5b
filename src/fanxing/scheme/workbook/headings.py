"""Which column of a sheet holds what, by the words usually written above it."""

import re
from dataclasses import dataclass
from typing import Literal

from fanxing.scheme.workbook.plain import key, plain
from fanxing.scheme.workbook.sheets import Sheet

Role = Literal[
    "number",
    "kind",
    "star",
    "task",
    "item",
    "standard",
    "mark",
    "weight",
    "scoring",
    "source",
    "owner",
    "note",
    "given",
    "read",
    "measure",
    "state",
    "old_mark",
]
# The first that fits is taken; 评分标准 must be told from 标准, 评分内容 from 内容, our own columns from all.
_WORDS: tuple[tuple[Role, str], ...] = (
    ("read", "^系统读法$"),
    ("measure", "^用哪个数据$"),
    ("state", "^读取状态$"),
    ("old_mark", "^原分值$"),
    ("number", "^序号$|^编号$|^序$|^no$"),
    ("given", "得分$|实得|自评|自查|核查分|考评分|审核分|评定分|^打分$"),
    (
        "scoring",
        "(评分|计分|扣分|加分|赋分|得分|考核|考评|评定|评价|打分)(办法|方法|标准|细则|规则|说明|"
        "依据及办法|方式及标准|要点)|^扣分(事项|情形)?$|^计分$",
    ),
    (
        "source",
        "(数据|材料|资料|信息|指标|分数)来源|(评价|考核|评定|考评|核验|验收|检查|认定)(方式|依据|途径)|佐证|"
        "印证|支撑材料|查验|查看资料",
    ),
    ("owner", "(责任|牵头|主管|考核|评价|评分|认定|负责|实施|评定|审核)(单位|部门|人|主体|领导|科室)|^单位$|^部门$|^责任$"),
    ("note", "备注|^说明$|^注$|情况说明"),
    ("weight", "权重|比重|占比|系数"),
    ("mark", "分值|标准分|满分|基准分|分数|赋分|基础分|总分|^分$|配分|权值"),
    ("kind", "单位(类别|类型)|适用(对象|单位|范围)|创建(对象|主体)|^对象$"),
    ("star", "^星$|星级|星名|星次|星类|创建项目|项目类别|创星|^类别$|^星别$|^“?五星”?$"),
    (
        "item",
        "(二级|三级|四级)指标|评分(内容|项目|要点)|(创建|考核|考评|评价|评定|达标)(标准|内容|要点|细项)|"
        "具体(内容|指标|要求|标准|任务|事项)|工作(标准|要求|内容)|任务要求|"
        "^(内容|标准|要求|细项|指标内容|事项|情形)$|否决(情形|事项|条件|内容)|加分(事项|内容|情形|项目)",
    ),
    (
        "task",
        "一级指标|重点(任务|工作)|(考评|考核|评价|评分|评定|测评)(项目|事项|指标|类别)|"
        "^(任务|指标|项目|一级|评价项|工作任务|主要任务|创建任务|任务名称|指标名称|项目名称|评估指标)$|"
        "创建(任务|指标|内容项)",
    ),
)  # fmt: skip
_PATTERNS = tuple((role, re.compile(pattern)) for role, pattern in _WORDS)
# The columns that we add to a workbook that is taken out.
OWN: tuple[Role, ...] = ("read", "measure", "state", "old_mark")
FIRST_ROWS = 25
LONGEST = 24
_ASKS: tuple[Role, ...] = ("task", "item", "standard", "scoring")


@dataclass(frozen=True)
class Head:
    """Where the heading of a table stands, `last` being its last row, and the columns by what they hold."""

    first: int
    last: int
    columns: dict[Role, tuple[int, ...]]

    @property
    def own(self) -> int | None:
        """The first of our own columns, if the workbook came from here."""
        return min((at[0] for role, at in self.columns.items() if role in OWN), default=None)

    def column(self, role: Role) -> int | None:
        """The first column of a role."""
        return self.columns.get(role, (None,))[0]


def role_of(words: str) -> Role | None:
    """What a column with these words above it holds."""
    text = re.sub(r"[(（].*?[)）]", "", plain(words))
    text = key(text)
    if not text or len(text) > LONGEST:
        return None
    return next((role for role, pattern in _PATTERNS if pattern.search(text)), None)


def find_head(sheet: Sheet) -> Head | None:
    """The heading of a sheet: the row that names most columns, with the one below it where it has two."""
    best: tuple[int, Head] | None = None
    for row in range(min(len(sheet.rows), FIRST_ROWS)):
        for last in (row, row + 1):
            head = _head(sheet, row, last) if last < len(sheet.rows) else None
            weight = len(head.columns) if head else 0
            if head and weight > (best[0] if best else 1):
                best = weight, head
    return best[1] if best else None


def _head(sheet: Sheet, first: int, last: int) -> Head | None:
    """The columns that rows `first` to `last` name, if they are a heading."""
    if last > first and (not _is_second(sheet, last) or _is_title(sheet, first)):
        return None
    columns: dict[Role, tuple[int, ...]] = {}
    for column in range(sheet.width):
        lower, upper = sheet.text(last, column), sheet.text(first, column)
        role = role_of(lower) or role_of(upper) or (role_of(upper + lower) if last > first else None)
        if role:
            columns[role] = (*columns.get(role, ()), column)
    told = [role for role in _ASKS if role in columns]
    return Head(first, last, columns) if told and len({sheet.text(last, at[0]) for at in columns.values()}) > 1 else None


def _is_title(sheet: Sheet, row: int) -> bool:
    """Does a row say one thing over the whole width, as what stands above a table does?"""
    return len({text for column in range(sheet.width) if (text := sheet.text(row, column))}) == 1


def _is_second(sheet: Sheet, row: int) -> bool:
    """Is a row the second of a heading: each of its cells hangs down from the first, or names a column?"""
    for column in range(sheet.width):
        area = sheet.area(row, column)
        if area.top < row or not sheet.text(row, column):
            continue
        if role_of(sheet.text(row, column)) is None:
            return False
    return any(sheet.area(row, column).top == row and sheet.text(row, column) for column in range(sheet.width))


def is_head(sheet: Sheet, row: int, head: Head) -> bool:
    """Does the heading stand here again, as on each printed page?"""
    return all(
        key(sheet.text(row, at[0])) == key(sheet.text(head.last, at[0])) for at in head.columns.values() if sheet.text(head.last, at[0])
    )
