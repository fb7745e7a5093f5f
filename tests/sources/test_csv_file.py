import io
import tracemalloc
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.domain.errors import Problem
from reminders.domain.row import VisitRow
from reminders.sources.csv_file import read_visits
from tests.visit_files import CELLS, HEADER, ONE_CLINIC, ROW, TWO_CLINICS, file_of, problem_in, read


def test_other_columns_are_kept_as_facts_under_a_plain_name() -> None:
    (row,) = read(file_of({"Consent Form": "signed", "plan": "  ready ", "room": ""}))

    assert isinstance(row, VisitRow)
    assert row.extra == {"consent_form": "signed", "plan": "ready"}


def test_a_row_knows_which_columns_its_file_has() -> None:
    (row,) = read(file_of({"language": "", "room": "blue"}))

    assert isinstance(row, VisitRow)
    assert row.columns == {*CELLS, "language"}


def test_a_column_may_be_written_in_any_case_with_blanks_or_dashes() -> None:
    text = file_of({}).replace("first_name", " First Name ").replace("sms_consent", "SMS-Consent")

    assert isinstance(read(text)[0], VisitRow)


def test_rows_are_yielded_in_the_order_of_the_file_with_their_lines() -> None:
    text = file_of(
        {"appointment_id": "A1"}, {"appointment_id": "A2", "last_name": "de\nla Cruz"}, {"appointment_id": "A3"}
    )

    rows = [item for item in read(text) if isinstance(item, VisitRow)]

    assert [(row.appointment_id, row.line) for row in rows] == [("A1", 2), ("A2", 3), ("A3", 5)]


def test_two_rows_of_one_patient_may_differ() -> None:
    text = file_of({"appointment_id": "A1"}, {"appointment_id": "A2", "phone": "312 555 0199"})

    assert [item.patient.phone for item in read(text) if isinstance(item, VisitRow)] == ["+13125550142", "+13125550199"]


def test_columns_without_a_name_are_passed_over_while_they_are_empty() -> None:
    assert isinstance(read(f"{HEADER},,\n{ROW},,\n")[0], VisitRow)
    assert "column without a name" in problem_in(f"{HEADER},,\n{ROW},,x\n")


def test_an_empty_file_is_refused() -> None:
    assert problem_in("") == "visits.csv:1: the file is empty; it needs a header row and a row for each visit"
    assert "empty" in problem_in("\n\n\n")


@pytest.mark.parametrize("lost", [8, 30, len(ROW) - 4])
def test_a_truncated_last_line_is_refused(lost: int) -> None:
    whole, cut = read(f"{HEADER}\n{ROW}\n{ROW[:-lost]}")

    assert isinstance(whole, VisitRow)
    assert "visits.csv:3: " in str(cut)
    assert "cut short here" in str(cut)


def test_a_row_with_too_many_or_too_few_cells_is_refused() -> None:
    long, short, good = read(f"{HEADER}\n{ROW},x\n{ROW[:-3]}\n{ROW}\n")

    assert "visits.csv:2: has 14 cells, the header 13" in str(long)
    assert "visits.csv:3: has 12 cells, the header 13" in str(short)
    assert isinstance(good, VisitRow)


def test_an_appointment_id_may_stand_once_in_a_file() -> None:
    first, second, third = read(file_of({}, {"appointment_id": " A1 "}, {"appointment_id": "A2"}))

    assert isinstance(first, VisitRow)
    assert str(second).startswith('visits.csv:3: appointment_id "A1": stands in an earlier row too')
    assert isinstance(third, VisitRow)


def test_two_clinics_may_have_the_same_appointment_id() -> None:
    found = read(file_of({"clinic": "cedar"}, {"clinic": "birch"}), TWO_CLINICS)

    assert all(isinstance(item, VisitRow) for item in found)


@given(st.binary(max_size=2000))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    assert all(isinstance(item, Problem) for item in read(data))


@given(st.lists(st.sampled_from([*HEADER, *ROW, '"', ",", "\n", "\r", "\0", "\ufeff", "é", "=", " "]), max_size=300))
def test_no_row_after_a_good_header_breaks_the_reader(letters: list[str]) -> None:
    assert all(isinstance(item, VisitRow | Problem) for item in read(f"{HEADER}\n{''.join(letters)}"))


@given(st.dictionaries(st.sampled_from(list(CELLS)), st.text(max_size=40)))
def test_no_cell_breaks_the_reader(cells: dict[str, str]) -> None:
    for item in read(file_of(cells).encode("utf-8", "replace")):
        assert isinstance(item, VisitRow | Problem)
        assert str(item).isprintable()


class Endless(io.RawIOBase):
    """A file that is made while it is read."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        self._rest = self._rest or next(self._chunks, b"")
        size = min(len(view), len(self._rest))
        view[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


def twenty_thousand_rows() -> Iterator[bytes]:
    yield f"{HEADER}\n".encode()
    for number in range(20_000):
        yield f"A{number}{ROW.removeprefix('A1')}\n".encode()


def one_line_of_a_hundred_megabytes() -> Iterator[bytes]:
    yield f"{HEADER}\n".encode()
    yield from (b"x" * 1_000_000 for _ in range(100))


def one_cell_of_many_lines() -> Iterator[bytes]:
    yield f'{HEADER}\n"'.encode()
    yield from (b"A1,booked\n" * 10_000 for _ in range(20))


@pytest.mark.parametrize(
    ("chunks", "yielded"),
    [(twenty_thousand_rows, 20_000), (one_line_of_a_hundred_megabytes, 1), (one_cell_of_many_lines, 1)],
)
def test_memory_stays_flat_whatever_the_file_holds(chunks: Callable[[], Iterator[bytes]], yielded: int) -> None:
    file = io.BufferedReader(Endless(chunks()))
    read("")  # what is loaded once is not of the file
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_visits(file, name="visits.csv", reference=ONE_CLINIC))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert count == yielded
    assert peak < 4_000_000
