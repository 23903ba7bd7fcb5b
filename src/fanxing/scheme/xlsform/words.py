"""What the workbooks of a kind of record call things: columns, types, natures, units, posts."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from fanxing.scheme.model import Scheme

Titles: TypeAlias = Mapping[str, str]

OWN = "fanxing::"
DAY = "occurred_on"
USUAL_DAY = "日期"

# Keys of a field → what the column of a plain table is called. XLSForm has a column of its own for the first six, for the others the
# key with OWN before it.
FIELD_COLUMNS: Titles = {
    "title": "字段名称",
    "type": "类型",
    "unit": "单位",
    "required": "必填",
    "choices": "选项",
    "note": "填写说明",
    "least": "最小值",
    "most": "最大值",
    "required_if": "何时必填",
    "every": "时段",
    "personal": "个人信息",
    "concept": "概念",
    "reuse": "重复填报的理由",
    "share_of": "由哪两项算出",
    "scope": "总数包括",
    "unit_kinds": "可选的单位类别",
    "links": "关联的台账",
    "prefill": "预填",
    "words": "别名",
    "choice_words": "选项别名",
    "basis": "依据",
    "owner": "责任单位",
    "id": "标识",
}
FIELD_OWN = tuple(key for key in FIELD_COLUMNS if key not in ("title", "required", "choices", "note", "least", "most", "id"))
KIND_ROWS: Titles = {
    "title": "名称",
    "note": "说明",
    "group": "分组",
    "day": "日期叫什么",
    "kinds": "哪些单位登记",
    "recorded_by": "由谁登记",
    "confirmed_by": "由谁确认",
    "held_by": "谁已有这些数据",
    "nature": "性质",
    "times": "每年登记几次",
    "identity": "哪几项相同算同一条",
    "columns": "列表显示哪几项",
    "late_after": "几天后算迟报",
    "retention": "照片和个人信息保存几年",
    "expects": "到期约定",
    "meets": "供需对接",
    "words": "别名",
    "handling_faults": "反映办理不力的项",
    "basis": "依据",
    "owner": "责任单位",
    "id": "标识",
}
KIND_OWN = tuple(key for key in KIND_ROWS if key not in ("title", "note", "day", "id"))

TYPES: Titles = {
    "count": "整数",
    "number": "小数",
    "money": "金额",
    "share": "百分比",
    "yes/no": "是否",
    "choice": "单选",
    "text": "文字",
    "long text": "长文字",
    "date": "日期",
    "period": "时段",
    "place": "地点",
    "unit": "单位",
    "record": "关联记录",
    "photo": "照片",
    "file": "文件",
}
# Other words for them in plain tables.
TYPE_WORDS: Mapping[str, Iterable[str]] = {
    "count": ("整数", "数量", "人数", "次数", "个数", "户数", "计数"),
    "number": ("小数", "数字", "数值", "数"),
    "money": ("金额", "钱", "资金", "元"),
    "share": ("百分比", "比例", "率", "%"),
    "yes/no": ("是否", "是/否", "是、否", "判断"),
    "choice": ("单选", "选择", "下拉", "下拉选择", "下拉列表", "选项"),
    "text": ("文字", "文本", "短文本", "字符", "姓名"),
    "long text": ("长文字", "长文本", "多行文字", "多行文本", "备注", "大段文字"),
    "date": ("日期",),
    "period": ("时段", "年度", "季度", "月份", "年份"),
    "place": ("地点", "位置"),
    "unit": ("单位",),
    "record": ("关联记录",),
    "photo": ("照片", "图片"),
    "file": ("文件", "附件"),
}
PERIOD_TITLES: Titles = {"year": "年度", "quarter": "季度", "month": "月份"}
NATURE_TITLES: Titles = {
    "activity": "做了什么",
    "outcome": "有什么成效",
    "figure": "数据",
    "judgement": "评分或认定",
    "voice": "群众反映",
}
HEADS_OF_TITLES = ("字段名称", "字段", "项目名称", "填报项", "指标名称", "名称")
HEADS_OF_TYPES = ("类型", "字段类型", "数据类型")
# What else is not read, and what to do instead; the second is the type that is proposed.
NOT_READ_WORDS: Mapping[str, tuple[str, str]] = {
    "多选": ("一项只能选一个；请把每个选项改成一个“是否”项", "choice"),
    "时间": ("台账只记日期；确需钟点时请用文字", "text"),
    "日期时间": ("台账只记日期", "date"),
    "音频": ("不收录音；请写成文字，或作为文件附上", "file"),
    "视频": ("不收视频；请写成文字，或作为文件附上", "file"),
    "签名": ("不收签名；由谁登记、由谁确认，系统自己会记", "text"),
    "公式": ("台账不算数；能由别的项算出的不用填，请删去", "number"),
    "定位": ("不采集定位；请用文字写明地点", "place"),
}

PIECES = re.compile(r"[,，、;；\n]+")


@dataclass(frozen=True)
class Vocabulary:
    """What a workbook may name, id → title: kinds of unit, posts, other kinds of record."""

    unit_kinds: Titles = field(default_factory=dict)
    posts: Titles = field(default_factory=dict)
    records: Titles = field(default_factory=dict)

    @classmethod
    def of(cls, scheme: Scheme, records: Titles) -> "Vocabulary":
        """That of a programme, with the kinds of record kept beside it."""
        rated = {id: kind.title for id, kind in scheme.kinds.items()}
        return cls({**rated, **scheme.levels}, {id: post.title for id, post in scheme.posts.items()}, records)


def pieces(text: str) -> list[str]:
    """The words of a cell that holds several."""
    return [one for part in PIECES.split(text) if (one := part.strip())]
