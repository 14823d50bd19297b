"""Tell which days a period covers as facts write it: 2024, 2025-04, 2025-Q1, 2025-01/2025-04, 2025-05-06."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

__all__ = ["Span", "month_text", "months_between", "read_span"]

FORMS = re.compile(
    r"(?P<year>\d{4})(?:"
    r"-Q(?P<quarter>[1-4])|-H(?P<half>[12])"
    r"|-(?P<month>\d{2})(?:-(?P<day>\d{2})|/(?P<to>\d{4}-\d{2}))?"
    r"|-(?P<until>\d{4})"
    r")?",
    re.ASCII,
)


@dataclass(frozen=True, order=True)
class Span:
    """First and last day of a period."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Number of days, both ends included."""
        return (self.last - self.first).days + 1

    @property
    def is_day(self) -> bool:
        """Whether it is a single day."""
        return self.first == self.last

    @property
    def months(self) -> int | None:
        """Number of whole months; None where it does not start and end with one."""
        if self.first.day != 1 or self.last.day != monthrange(self.last.year, self.last.month)[1]:
            return None
        return 12 * (self.last.year - self.first.year) + self.last.month - self.first.month + 1


def read_span(text: str) -> Span | None:
    """Read a period; None where it does not say on which days it begins and ends, as a fiscal year.

    Examples
    --------
    >>> str(read_span("2025-Q1").last), read_span("2025-01/2025-04").months, read_span("FY2025")
    ('2025-03-31', 4, None)
    """
    found = FORMS.fullmatch(text)
    if found is None:
        return None
    try:
        return _span(found)
    except ValueError:  # no such month or day
        return None


def month_text(day: date) -> str:
    """Write the month of a day as facts do."""
    return f"{day.year}-{day.month:02d}"


def months_between(first: date, last: date) -> list[str]:
    """List the months from one day to another, both included."""
    start, end = 12 * first.year + first.month - 1, 12 * last.year + last.month - 1
    return [f"{month // 12}-{month % 12 + 1:02d}" for month in range(start, end + 1)]


def _span(found: re.Match[str]) -> Span | None:
    year = int(found["year"])
    if found["day"]:
        day = date(year, int(found["month"]), int(found["day"]))
        return Span(day, day)
    if found["quarter"]:
        start = 3 * int(found["quarter"]) - 2
        return Span(date(year, start, 1), _end(year, start + 2))
    if found["half"]:
        start = 6 * int(found["half"]) - 5
        return Span(date(year, start, 1), _end(year, start + 5))
    first = date(year, int(found["month"] or 1), 1)
    last = _end(year, int(found["month"] or 12))
    if found["to"]:
        last = _end(*map(int, found["to"].split("-")))
    if found["until"]:
        last = date(int(found["until"]), 12, 31)
    return Span(first, last) if first <= last else None


def _end(year: int, month: int) -> date:
    return date(year, month, 1).replace(day=monthrange(year, month)[1] if 1 <= month <= 12 else 1)
