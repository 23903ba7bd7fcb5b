"""`fanxing import`: its fixed form, what it says, and how it ends."""

from pathlib import Path

import fastexcel
import openpyxl
import pytest

from fanxing.audit.actors import SYSTEM
from fanxing.cli import main
from fanxing.programme.actions import publish
from fanxing.records.models import Record, RecordImport
from tests.cast import NOW, TODAY, Cast
from tests.records.ingest.sheets import ALL_FILES, HEAD, VISIT, xlsx

pytestmark = pytest.mark.usefixtures("visits")

GOOD = ["柳河村", "2025-05-01", "张三家", "30", "", ""]
WRONG = ["柳河村", "2025-05-02", "李四家", "很久", "", ""]


def run(tmp_path: Path, *rows: list[str], words: tuple[str, ...] = (), kind: str = "visit") -> int:
    file = tmp_path / "visits.xlsx"
    file.write_bytes(xlsx(HEAD, *rows))
    return main(["import", kind, str(file), "--report", str(tmp_path / "out.xlsx"), *words])


def test_a_file_is_imported_as_the_system(cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert (run(tmp_path, GOOD), Record.objects.get().recorded_by) == (0, "system")
    assert capsys.readouterr().out.splitlines() == [
        "新增 1 行，台账里已有 0 行，可更正 0 行，有误 0 行",
        "已导入 1 条",
        f"标注过的表：{tmp_path / 'out.xlsx'}",
    ]


def test_a_faulty_row_keeps_all_of_it_out(cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert (run(tmp_path, GOOD, WRONG), Record.objects.count(), RecordImport.objects.count()) == (1, 0, 0)
    assert capsys.readouterr().err == "第 3 行 时长：应为数字，如 12\n"


def test_the_report_marks_the_faulty_cell_and_says_what_would_be_right(cast: Cast, tmp_path: Path):
    run(tmp_path, GOOD, WRONG)
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0]
    [head, good, wrong] = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert head == [*HEAD, "错误说明"]
    assert (good[2:4], good[-1], wrong[2:4], wrong[-1]) == (["张三家", 30], None, ["李四家", "很久"], "时长：应为数字，如 12")
    marked = sheet.cell(3, 4)
    assert (marked.fill.fgColor.rgb, marked.comment.text if marked.comment else "") == ("FFFFE0B8", "应为数字，如 12")
    assert [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment] == ["D3"]


def test_a_report_put_right_is_imported_as_it_is(cast: Cast, tmp_path: Path):
    run(tmp_path, GOOD, WRONG)
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    book.worksheets[0].cell(3, 4).value = 45
    book.save(tmp_path / "right.xlsx")
    assert main(["import", "visit", str(tmp_path / "right.xlsx"), "--report", str(tmp_path / "out.xlsx")]) == 0
    assert list(Record.objects.order_by("position").values_list("data__minutes", flat=True)) == [30, 45]


def test_good_rows_are_imported_where_that_is_asked_for(cast: Cast, tmp_path: Path):
    assert (run(tmp_path, GOOD, WRONG, words=("--good-rows",)), Record.objects.count()) == (0, 1)


def test_a_dry_run_writes_nothing_but_the_report(cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert (run(tmp_path, GOOD, words=("--dry-run",)), Record.objects.count(), RecordImport.objects.count()) == (0, 0, 0)
    assert "只检查，没有写入" in capsys.readouterr().out
    assert fastexcel.read_excel(tmp_path / "out.xlsx").sheet_names == ["表", "导入结果"]


def test_it_runs_as_somebody_whose_posts_then_decide(cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert (run(tmp_path, GOOD, words=("--as", "clerk")), Record.objects.get().awaits) == (0, True)
    assert run(tmp_path, GOOD, words=("--as", "stranger", "--unit", "990101201")) == 2
    assert "您在柳河村没有“登记台账”的权限" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "kind", "told"),
    [
        (("--as", "nobody"), "visit", "没有用户名为“nobody”的账号"),
        (("--unit", "nowhere"), "visit", "没有代码为“nowhere”的单位"),
        ((), "party", "没有“party”这类台账，现有："),
        ((), "visits", "没有“visits”这类台账，是不是：走访（visit）"),
        ((), "meeting", "表里没有“会议类型”这样的列，读不了会议；找到的列：单位、走访日期"),
    ],
)
def test_what_cannot_be_is_said_and_ends_with_2(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], kind: str, told: str
):
    assert (run(tmp_path, GOOD, words=words, kind=kind), told in capsys.readouterr().err) == (2, True)
    assert not Record.objects.exists()


def test_a_file_that_is_not_there_ends_with_2(cast: Cast, tmp_path: Path):
    assert main(["import", "visit", str(tmp_path / "none.xlsx"), "--report", str(tmp_path / "out.xlsx")]) == 2


def test_nothing_is_imported_where_the_report_could_not_be_written(cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert (run(tmp_path, GOOD, words=("--report", str(tmp_path / "nowhere/out.xlsx"))), Record.objects.count()) == (2, 0)
    assert capsys.readouterr() == ("", f"{tmp_path / 'nowhere/out.xlsx'}：这个文件夹不在，或者不能写入；还没有导入\n")


def test_a_sheet_without_rows_ends_with_2(cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert (run(tmp_path), run(tmp_path, ["柳河村", "", "", "", "", ""])) == (2, 2)
    assert "表头下面没有填好的行" in capsys.readouterr().err


def test_rows_about_the_whole_city_are_told_to_name_their_units(cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    files = {**ALL_FILES, "records/round.yaml": VISIT.replace("nature: activity", "nature: activity\nkinds: [village]")}
    publish(files=files, document_number="云组〔2026〕4号", unit=cast.city, valid_from=TODAY, by=SYSTEM, at=NOW)
    file = tmp_path / "visits.xlsx"
    file.write_bytes(xlsx(HEAD[1:], GOOD[1:]))
    assert main(["import", "round", str(file), "--report", str(tmp_path / "out.xlsx")]) == 1
    assert "请在表里加“单位”一列" in capsys.readouterr().err
