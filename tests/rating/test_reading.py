"""Tables as they come from other programs: read as they are meant, or refused where they are wrong."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from fanxing.rating import Facts, FactsError
from fanxing.rating.reading import read_facts, read_table
from fanxing.scheme import load_files

SCHEME = load_files(
    {
        "scheme.yaml": """
scheme: shop
title: 店铺
basis: example
kinds: {shop: {title: 店铺}}
facts:
  income: {title: 收入, type: money, if_missing: 0}
  open: {title: 营业, type: yes/no, if_missing: no}
  since: {title: 开业日, type: date, if_missing: stays}
nodes:
  mark: {title: 得分, steps: {of: income, at_least: {100: 6}, otherwise: 0}}
tier: {title: 档次, choose: [{when: mark > 5 and open and present(since), give: 优}, {give: 良}]}
"""
    }
)
WHOLE = {"unit": ["a"], "income": [1.0], "open": [True], "since": ["2025-01-01"]}


def csv(tmp_path: Path, text: str) -> pl.DataFrame:
    path = tmp_path / "facts.csv"
    path.write_bytes(text.encode())
    return read_table(path)


def workbook(tmp_path: Path, write: Callable[[xlsxwriter.worksheet.Worksheet], object]) -> Path:
    path = tmp_path / "facts.xlsx"
    with xlsxwriter.Workbook(path) as book:
        write(book.add_worksheet())
    return path


def refused(table: pl.DataFrame) -> str:
    with pytest.raises(FactsError) as caught:
        Facts.from_frame(SCHEME, table, "facts.parquet", first_row=2)
    return str(caught.value)


def test_a_quotation_mark_inside_a_cell_is_a_character(tmp_path: Path) -> None:
    assert csv(tmp_path, 'unit,name\na,5" pipe\nb,"x, ""y"""\nc,\n').rows() == [("a", '5" pipe'), ("b", 'x, "y"'), ("c", None)]


@pytest.mark.parametrize("text", ['"a","",",\ta\n\t,"b ",\n\n""",1\n', '",",1,"2",'])
def test_a_row_with_wrong_quotation_marks_or_a_cell_too_many_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(FactsError, match=r"facts.csv: row 2, column"):
        csv(tmp_path, "unit,income,open\n" + text)


def test_a_blank_first_row_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match=r"facts.csv: row 1, column 1: the first row is blank"):
        csv(tmp_path, "\n\nunit,income\na,1\n")


def test_lines_may_end_with_a_carriage_return_alone(tmp_path: Path) -> None:
    assert csv(tmp_path, "unit,income\ra,1\rb,2\r").rows() == [("a", "1"), ("b", "2")]


def test_rows_of_blanks_at_the_end_are_let_be(tmp_path: Path) -> None:
    assert csv(tmp_path, "unit,income\na,1\n,\n , \n\n").rows() == [("a", "1")]


def test_a_column_without_name_and_values_is_let_be(tmp_path: Path) -> None:
    assert csv(tmp_path, "unit,income,,\na,1,,\nb,2, ,\n").rows() == [("a", "1"), ("b", "2")]


def test_a_column_with_values_needs_a_name(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match=r"facts.csv: row 1, column 3: the column has no name"):
        csv(tmp_path, "unit,income,\na,1,\nb,2,x\n")


def test_an_error_in_a_cell_of_a_workbook_is_not_a_missing_figure(tmp_path: Path) -> None:
    def write(sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write_row(0, 1, ["unit", "income", "open", "since"])
        sheet.write_row(1, 1, ["a", 1, True])
        sheet.write_row(2, 1, ["b"])
        sheet.write_formula(2, 2, "=1/0", None, "#DIV/0!")

    with pytest.raises(FactsError, match=r'facts.xlsx: row 3, column "income": "#DIV/0!" is not a number'):
        read_facts(SCHEME, workbook(tmp_path, write))


def test_an_error_in_a_column_that_no_rule_reads_is_let_be(tmp_path: Path) -> None:
    def write(sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write_row(0, 0, ["unit", "income", "open", "since", "other"])
        sheet.write_row(1, 0, ["a", 1, True])
        sheet.write_formula(1, 4, "=NA()", None, "#N/A")

    assert read_facts(SCHEME, workbook(tmp_path, write)).units.to_list() == ["a"]


def test_a_sheet_with_something_far_out_is_refused(tmp_path: Path) -> None:
    def write(sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write_row(0, 0, ["unit", "income"])
        sheet.write(1_048_575, 16_383, " ")

    with pytest.raises(FactsError, match=r"facts.xlsx: row 1, column 1: the first sheet reaches to cell XFD1048576; delete what"):
        read_table(workbook(tmp_path, write))


def test_the_rows_of_a_workbook_are_counted_from_its_top(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match=r"facts.xlsx: row 1, column 1: the first row is blank"):
        read_table(workbook(tmp_path, lambda sheet: sheet.write_row(2, 0, ["unit", "income"])))


def test_a_column_of_categories_is_read_by_its_words() -> None:
    table = pl.DataFrame({**WHOLE, "income": ["100"]}, schema_overrides={"income": pl.Categorical})
    assert Facts.from_frame(SCHEME, table, "facts.parquet").columns["income"].tolist() == [100.0]


@pytest.mark.parametrize("column", ["unit", "kind", "open", "since"])
@pytest.mark.parametrize("value", [["a"], {"a": 1}, b"\xff"])
def test_a_column_that_holds_no_plain_values_is_refused(column: str, value: object) -> None:
    assert f'facts.parquet: row 2, column "{column}": the column holds ' in refused(pl.DataFrame({**WHOLE, column: [value]}))


def test_codes_that_came_as_numbers_are_whole() -> None:
    table = pl.DataFrame({**WHOLE, "unit": [410822100001.0]})
    assert Facts.from_frame(SCHEME, table, "facts.parquet").units.to_list() == ["410822100001"]


def test_an_infinity_is_neither_yes_nor_no() -> None:
    assert refused(pl.DataFrame({**WHOLE, "open": [float("inf")]})) == (
        'facts.parquet: row 2, column "open": "inf" is neither yes nor no; write yes or no (是 or 否)'
    )


@pytest.mark.parametrize(
    ("written", "meant"), [("\uff11\uff12", "12"), ("−5", "-5"), ("1，200", "1200"), ("\uff18\uff16\uff0e\uff11％", "0.861")]
)
def test_a_number_in_other_characters_is_refused_with_what_to_write(written: str, meant: str) -> None:
    assert refused(pl.DataFrame({**WHOLE, "income": [written]})).endswith(f'"{written}" is not a number; write {meant}')


@pytest.mark.parametrize("written", ["1_0", "0x10", "二十", "12人"])
def test_what_cannot_be_taken_for_a_number_has_no_other_writing(written: str) -> None:
    assert refused(pl.DataFrame({**WHOLE, "income": [written]})).endswith("leave the cell blank if the figure is missing")


def test_a_day_with_something_after_it_is_not_a_day() -> None:
    assert '"2025-01-015" is not a day' in refused(pl.DataFrame({**WHOLE, "since": ["2025-01-015"]}))


def test_a_day_from_a_workbook_comes_with_midnight() -> None:
    table = pl.DataFrame({**WHOLE, "since": ["2025-01-02 00:00:00"]})
    assert Facts.from_frame(SCHEME, table, "facts.xlsx").columns["since"].tolist() == [20090.0]


def test_a_folder_is_not_a_table(tmp_path: Path) -> None:
    (tmp_path / "facts.csv").mkdir()
    with pytest.raises(FactsError, match="this is a folder"):
        read_table(tmp_path / "facts.csv")
