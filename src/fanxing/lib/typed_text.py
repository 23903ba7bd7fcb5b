"""Text as people type it and as spreadsheets hand it over: plain digits, days, and numbers that must not be there."""

import re
import unicodedata
from datetime import date, timedelta

DAY = re.compile(r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?")
DAY_WITHOUT_MARKS = re.compile(r"(\d{4})(\d{2})(\d{2})")
# A spreadsheet counts days from here; these are the years 1954 to 2064.
SERIAL_FROM, SERIAL_DAYS = date(1899, 12, 30), range(20_000, 60_000)
SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
MIDNIGHT = re.compile(r"(\d{4}-\d{2}-\d{2})[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?")
# Region, day of birth, serial number, check digit.
IDENTITY_NUMBER = re.compile(r"(?<!\d)[1-9]\d{5}(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dXx])")


def normal(text: str) -> str:
    """Full-width digits and marks as plain ones, no space around."""
    return unicodedata.normalize("NFKC", text).strip()


def read_day(text: str) -> date | None:
    """A day written as 2025-03-08, 2025/3/8, 2025.3.8, 20250308 or 2025年3月8日; None when it is none of these."""
    plain = normal(text)
    match = DAY.fullmatch(plain) or DAY_WITHOUT_MARKS.fullmatch(plain)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def day_of(text: str) -> date | None:
    """The day in a cell: typed, as a spreadsheet's date with its time, or as the number that a date is in a cell not formatted as one."""
    if found := MIDNIGHT.fullmatch(text):
        return read_day(found[1])
    if found := SERIAL.fullmatch(text):
        number = int(found[1])
        return SERIAL_FROM + timedelta(days=number) if number in SERIAL_DAYS else None
    return read_day(text)
