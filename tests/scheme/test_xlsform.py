"""Kinds of record out as workbooks and in again: nothing is lost, and what goes out is valid."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from pyxform.xls2xform import convert
from xlsxwriter import Workbook

from fanxing.scheme import Scheme, load
from fanxing.scheme.expressions import parse
from fanxing.scheme.kind_checks import wrong_with
from fanxing.scheme.model import Field, RecordKind
from fanxing.scheme.workbook import Unreadable
from fanxing.scheme.workbook.sheets import Sheet
from fanxing.scheme.xlsform import Note, Reading, Vocabulary, as_table, as_xlsform, read_kind, template, with_texts, without_field
from fanxing.scheme.xlsform.conditions import xpath
from fanxing.scheme.xlsform.surveys import read_survey

FIVE_STAR = load("five-star")


def words(scheme: Scheme) -> Vocabulary:
    return Vocabulary.of(scheme, {id: kind.title for id, kind in scheme.records.items()})


WORDS = words(FIVE_STAR)
# One field of each type, with everything a field can say.
WHOLE = RecordKind(
    id="own-visit",
    title="入户走访",
    basis="云溪办〔2025〕3 号",
    note="走访当天填。\n不写姓名。",
    owner="民政局",
    nature="voice",
    kinds=("village", "community"),
    recorded_by=("branch_secretary",),
    confirmed_by=("township_clerk",),
    held_by="民政平台",
    handling_faults=("late_reply",),
    group="联系群众",
    day="走访日期",
    identity=("month", "form"),
    columns=("form", "homes"),
    times=12.5,
    late_after=30,
    retention=3,
    words=("走访", "串门"),
    fields=(
        Field(
            id="form",
            title="形式",
            type="choice",
            required=True,
            choices=(("a", "上门"), ("其他", "其他")),
            choice_words=(("a", ("登门", "进门")),),
        ),
        Field(
            id="homes",
            title="户数",
            type="count",
            unit="户",
            least=0.0,
            most=500.0,
            note="当天的户数",
            concept="visited_homes",
            words=("家",),
        ),
        Field(id="all_homes", title="应走访户数", type="count", unit="户", reuse="与年度数不同"),
        Field(id="share", title="走访率", type="share", share_of=("homes", "all_homes"), scope="常住户"),
        Field(id="spent", title="花费", type="money", unit="元", most=1.5),
        Field(id="metres", title="路程（公里）", type="number", owner="交通局"),
        Field(id="late_reply", title="答复晚了", type="yes/no", required=True),
        Field(id="truth_like", title="像是否的单选", type="choice", choices=(("yes", "有"), ("no", "没有"))),
        Field(id="what", title="情况", type="long text", required_if="form == '其他' and late_reply"),
        Field(id="other", title="备注", type="text", required_if="form in ('a', '其他')", personal=True, basis="另一文件"),
        Field(id="told", title="限词文字", type="text", choices=(("甲", "甲"), ("乙", "乙"))),
        Field(id="when", title="上次", type="date", required_if="homes > 3 or not late_reply"),
        Field(id="quarter_of", title="季度数", type="period", every="quarter"),
        Field(id="where", title="地点", type="place", prefill="last"),
        Field(id="unit_of", title="承接单位", type="unit", unit_kinds=("village",)),
        Field(id="decided", title="依据的决定", type="record", links="decision"),
        Field(id="photo_of", title="照片", type="photo"),
        Field(id="paper", title="文件", type="file"),
    ),
)
WHOLE = replace(WHOLE, fields=tuple(replace(one, basis=one.basis or WHOLE.basis) for one in WHOLE.fields))
KINDS = [*FIVE_STAR.records.values(), WHOLE]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_a_kind_that_goes_out_as_xlsform_comes_back_the_same(kind: RecordKind):
    assert read_kind(as_xlsform(kind), WORDS) == Reading(kind, ())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_a_kind_that_goes_out_as_a_plain_table_comes_back_the_same(kind: RecordKind):
    assert read_kind(as_table(kind, WORDS), WORDS) == Reading(kind, ())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_what_goes_out_is_valid_for_pyxform(kind: RecordKind, tmp_path: Path):
    file = tmp_path / "form.xlsx"
    file.write_bytes(as_xlsform(kind))
    assert f'id="{kind.id}"' in convert(file, validate=False).xform


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_a_kind_changed_by_no_text_stays_as_it_is(kind: RecordKind):
    assert with_texts(kind, WORDS) == Reading(kind, ())


def test_one_field_is_changed_by_its_texts_and_the_others_stay():
    changed = with_texts(WHOLE, WORDS, field="homes", said={"title": "走访户数", "required": "是", "most": ""})
    field = replace(WHOLE.fields[1], title="走访户数", required=True, most=None)
    assert changed == Reading(replace(WHOLE, fields=(WHOLE.fields[0], field, *WHOLE.fields[2:])), ())


def test_a_field_that_is_left_out_is_named_nowhere():
    left = without_field(WHOLE, "form")
    assert (left.identity, left.columns, left.field("form")) == (("month",), ("homes",), None)


def test_the_template_has_drop_downs_of_what_may_be_written():
    sheets = load_workbook(BytesIO(template(WORDS)))
    lists = [one.formula1 for sheet in sheets for one in sheet.data_validations.dataValidation]
    assert lists[0] == '"整数,小数,金额,百分比,是否,单选,文字,长文字,日期,时段,地点,单位,关联记录,照片,文件"'
    assert lists[1:] == ['"是,否"', '"做了什么,有什么成效,数据,评分或认定,群众反映"']


def test_the_template_is_read_without_a_fault():
    reading = read_kind(template(WORDS), WORDS)
    assert reading.notes == ()
    assert [(one.title, one.type, one.unit, one.required, one.required_if) for one in reading.kind.fields] == [
        ("活动形式", "choice", "", True, ""),
        ("走访户数", "count", "户", True, ""),
        ("情况说明", "long text", "", False, "item_1 == '其他'"),
    ]


# ---- what others have made

SURVEY = [["type", "name", "label::English", "label::中文", "required", "relevant", "constraint", "hint"]]
CHOICES = [["list_name", "name", "label"], ["form", "a", "上门"], ["form", "b", "座谈"], ["yn", "yes", "是"], ["yn", "no", "否"]]
SETTINGS = [["form_title", "form_id"], ["Household visit", "Visit-2"]]


def book(**sheets: list[list[str]]) -> bytes:
    file = BytesIO()
    with Workbook(file) as made:
        for name, rows in sheets.items():
            page = made.add_worksheet(name)
            for row, texts in enumerate(rows):
                for column, text in enumerate(texts):
                    page.write(row, column, text)
    return file.getvalue()


def survey(*rows: list[str]) -> Reading:
    return read_kind(book(survey=[*SURVEY, *rows], choices=CHOICES, settings=SETTINGS), WORDS)


def test_a_form_of_others_is_read_by_the_documented_subset():
    reading = survey(
        ["note", "about", "About", "走访当天填", "", "", "", ""],
        ["date", "occurred_on", "Date", "走访日期", "yes", "", "", ""],
        ["begin group", "g", "Group", "基本情况", "", "", "", ""],
        ["select_one form", "Form", "Form", "形式", "yes", "", "", ""],
        ["select_one yn", "met", "Met", "见到本人", "", "", "", ""],
        ["integer", "homes", "Homes", "户数（户）", "true()", "", ". >= 0 and . <= 100", ""],
        ["end group", "", "", "", "", "", "", ""],
        ["text", "why", "Why", "原因", "yes", "${Form} = 'b' and not(${met} = 'yes')", "", "写清楚"],
        ["decimal", "area", "Area", "面积", "", "", "", "单位：亩，保留两位"],
        ["range", "score", "Score", "打分", "", "", "", ""],
        ["image", "photo_1", "Photo", "照片", "", "", "", ""],
    )
    assert reading.notes == (Note("settings", "标识“Visit-2”只能用小写字母、数字、_ 和 -，已改为“visit-2”", blocks=False),)
    assert (reading.kind.id, reading.kind.title, reading.kind.note, reading.kind.day) == (
        "visit-2",
        "Household visit",
        "走访当天填",
        "走访日期",
    )
    assert reading.kind.fields == (
        Field(id="form", title="形式", type="choice", required=True, choices=(("a", "上门"), ("b", "座谈"))),
        Field(id="met", title="见到本人", type="yes/no"),
        Field(id="homes", title="户数", type="count", unit="户", required=True, least=0.0, most=100.0),
        Field(id="why", title="原因", type="text", note="写清楚", required_if="form == 'b' and not met"),
        Field(id="area", title="面积", type="number", unit="亩", note="单位：亩，保留两位"),
        Field(id="score", title="打分", type="count", least=0.0, most=10.0),
        Field(id="photo_1", title="照片", type="photo"),
    )


@pytest.mark.parametrize(
    ("row", "words", "proposed"),
    [
        (
            ["select_multiple form", "x", "", "方式"],
            "类型“select_multiple form”不收：一项只能选一个；请把每个选项改成一个“是否”项",
            "choice",
        ),
        (["geopoint", "x", "", "位置"], "类型“geopoint”不收：不采集定位；请用文字写明地点", "place"),
        (["barcode", "x", "", "码"], "类型“barcode”不收：不扫条码；请改成文字", "text"),
        (["audio", "x", "", "录音"], "类型“audio”不收：不收录音；请写成文字，或作为文件附上", "file"),
        (["video", "x", "", "录像"], "类型“video”不收：不收视频；请写成文字，或作为文件附上", "file"),
        (["time", "x", "", "钟点"], "类型“time”不收：台账只记日期；确需钟点时请用文字", "text"),
        (["dateTime", "x", "", "时间"], "类型“dateTime”不收：台账只记日期", "date"),
        (["rank form", "x", "", "排序"], "类型“rank form”不收：台账不排序；请改成单选，或每个选项一项", "choice"),
        (["acknowledge", "x", "", "知晓"], "类型“acknowledge”不收：不收“我已知晓”；请改成“是否”项", "yes/no"),
        (
            ["matrix", "x", "", "表"],
            "不认识的类型“matrix”；能收的有 text、integer、decimal、date、select_one、range、image、file、note",
            "text",
        ),
        (["select_one none", "x", "", "选"], "choices 工作表里没有选项表“none”", "choice"),
        (["select_one form or_other", "x", "", "选"], "or_other 不收；请在选项表里加一个“其他”，另加一项文字说明", "choice"),
        (["integer", "x", "", "数", "", "", ". mod 2 = 0"], "限制条件“. mod 2 = 0”读不了；只认上下限，如 . >= 0 and . <= 100", "count"),
        (["text", "x", "", "字", "yes", "${gone} = 1"], "条件“${gone} = 1”用到的“gone”不在这张表里", "text"),
        (
            ["text", "x", "", "字", "yes", "count(${x}) > 1"],
            "条件“count(${x}) > 1”读不了；只认某一项等于、大于、小于某个值，用 and、or、not() 连接",
            "text",
        ),
        (["integer", "x", "", "数", "perhaps"], "条件“perhaps”读不了；只认某一项等于、大于、小于某个值，用 and、or、not() 连接", "count"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_what_is_not_of_the_subset_is_refused_by_name_with_its_row_and_a_way_out(row: list[str], words: str, proposed: str):
    reading = survey(["text", "kept", "", "留下的"], row)
    assert [one for one in reading.notes if one.where != "settings"] == [Note("survey 第 3 行", words, "x")]
    assert [one.type for one in reading.kind.fields] == ["text", proposed]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (["calculate", "x", "", ""], "类型“calculate”不收：台账不算数；能由别的项算出的不用填，请删去"),
        (["deviceid", "x", "", ""], "类型“deviceid”不收：系统自己会记登记人和登记时间，请删去这一行"),
        (["begin repeat", "x", "", "家人"], "重复组“家人”不收：台账一条只记一件事，没有重复组；请把这一组另立一种台账，每件登记一条"),
        (["end group", "", "", ""], "end group 前面没有对应的 begin group"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_rows_that_are_no_fields_are_refused_too(row: list[str], words: str):
    reading = survey(["text", "kept", "", "留下的"], row)
    assert Note("survey 第 3 行", words) in reading.notes
    assert [one.id for one in reading.kind.fields] == ["kept"]


def test_everything_wrong_comes_at_once():
    reading = survey(*([word, f"x{number}", "", f"项{number}"] for number, word in enumerate(("geopoint", "audio", "rank form"))))
    assert [one.where for one in reading.notes if one.blocks] == ["survey 第 2 行", "survey 第 3 行", "survey 第 4 行"]


def test_own_columns_that_name_nothing_are_told_with_what_there_is():
    rows = [["type", "name", "label", "fanxing::unit_kinds"], ["text", "x", "字", "town"]]
    settings = [["form_title", "fanxing::recorded_by"], ["甲", "nobody"]]
    reading = read_kind(book(survey=rows, settings=settings), WORDS)
    assert [str(one).split("现有")[0] for one in reading.notes] == [
        "survey 第 2 行：没有“town”这类单位，",
        "settings：没有“nobody”这个岗位，",
    ]


def test_a_plain_table_without_knowledge_of_forms_is_read():
    rows = [
        ["石桥镇走访登记", "", "", "", ""],
        ["序号", "字段名称 *", "类型", "计量单位", "是否必填", "选项"],
        ["1", "形式", "下拉", "", "是", "上门、座谈，其他"],
        ["2", "人数", "人数", "人", "否", ""],
        ["3", "年度", "年度", "", "", ""],
        ["4", "方式", "多选", "", "", "甲、乙"],
        ["5", "定位", "GPS", "", "", ""],
    ]
    reading = read_kind(book(Sheet1=rows), WORDS)
    assert reading.kind.title == "石桥镇走访登记"
    assert reading.kind.fields == (
        Field(id="item_1", title="形式", type="choice", required=True, choices=(("上门", "上门"), ("座谈", "座谈"), ("其他", "其他"))),
        Field(id="item_2", title="人数", type="count", unit="人"),
        Field(id="item_3", title="年度", type="period", every="year"),
        Field(id="item_4", title="方式", type="choice", choices=(("甲", "甲"), ("乙", "乙"))),
        Field(id="item_5", title="定位", type="text"),
    )
    assert [(one.where, one.field) for one in reading.notes] == [("工作表“Sheet1”第 6 行", "item_4"), ("工作表“Sheet1”第 7 行", "item_5")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "这个文件是空的"),
        (b"<html></html>", "内容是网页或文本"),
        (b"PK\x03\x04broken", "不是完整的 Excel 工作簿"),
        (book(Sheet1=[["姓名", "电话"], ["甲", "乙"]]), "没有可读的表"),
    ],
    ids=["empty", "a page", "broken", "another table"],
)
def test_what_is_no_form_is_refused_with_the_way_out(content: bytes, words: str):
    with pytest.raises(Unreadable, match=words):
        read_kind(content, WORDS)


def bomb() -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", "<workbook/>")
        parts.writestr("xl/worksheets/sheet1.xml", b" " * (90 * 1024 * 1024))
    return file.getvalue()


def test_a_workbook_that_unpacks_without_end_is_refused():
    with pytest.raises(Unreadable):
        read_kind(bomb(), WORDS)


def test_a_condition_of_a_thousand_brackets_is_refused_and_not_followed():
    reading = survey(["text", "x", "", "字", "yes", "(" * 400 + "${x} = 1" + ")" * 80])
    assert "读不了" in reading.notes[0].words


def test_more_fields_than_a_person_can_fill_in_are_cut_and_told():
    reading = survey(*(["text", f"x{number}", "", f"项{number}"] for number in range(150)))
    assert len(reading.kind.fields) == 100
    assert [one.words for one in reading.notes if one.blocks] == ["一种台账最多 100 项，从这里起的没有读；请拆成几种"]


def test_names_that_stand_twice_or_are_words_of_the_language_become_ids():
    reading = survey(["text", "Name", "", "一"], ["text", "name", "", "二"], ["text", "中文", "", "三"], ["text", "month", "", "四"])
    assert [one.id for one in reading.kind.fields] == ["name", "name_2", "item_3", "month_value"]


CELLS = st.sampled_from(
    [
        *("", "text", "integer", "select_one form", "select_one", "range", "begin repeat", "end group", "begin group", "note", "geopoint"),
        *("是", "${x} = 'a'", "share", "period", "yes/no"),
    ]
) | st.text(max_size=12)
HEADS = [
    *("type", "name", "label", "hint", "required", "relevant", "constraint", "parameters"),
    *("fanxing::type", "fanxing::share_of", "fanxing::every"),
]


@given(st.lists(st.lists(CELLS, min_size=len(HEADS), max_size=len(HEADS)), max_size=8), st.lists(CELLS, min_size=4, max_size=4))
def test_whatever_stands_in_a_survey_it_is_read_and_told_and_nothing_breaks(rows: list[list[str]], said: list[str]):
    sheet = Sheet("survey", (tuple(HEADS), *map(tuple, rows)))
    settings = Sheet("settings", (("form_title", "fanxing::identity", "fanxing::kinds", "fanxing::times"), tuple(said)))
    kind = read_survey(sheet, None, settings, words=WORDS).kind
    assert len({one.id for one in kind.fields}) == len(kind.fields)
    # What was read can be checked, shown as texts and written, whatever is wrong with it.
    wrong_with(kind, FIVE_STAR, FIVE_STAR.records)
    assert as_table(kind, WORDS)
    assert as_xlsform(kind)


def test_a_condition_over_a_word_with_quotation_marks_goes_out_as_xpath_or_in_our_own_words():
    fields = {"form": Field(id="form", type="choice")}
    assert xpath(parse('form == "it\'s"'), fields) == '${form} = "it\'s"'
    assert xpath(parse("form in ('a', 'b')"), fields) == "(${form} = 'a' or ${form} = 'b')"
    assert xpath(parse("form == missing"), fields) == ""


def test_of_a_workbook_that_is_wrong_everywhere_the_first_faults_are_told():
    positions = (["geopoint", f"x{number}", "", f"项{number}"] for number in range(90))
    notes = survey(*positions, *(["calculate", "c", "", ""] for _ in range(150))).notes
    assert (len(notes), notes[-1].words) == (201, "从这里起还有读不了的，没有一一列出；请先改好前面 200 处，再上传一次")
