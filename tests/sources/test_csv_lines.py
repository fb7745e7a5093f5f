import pytest

from reminders.domain.row import VisitRow
from reminders.sources.csv_lines import CELL_LIMIT, RECORD_LIMIT, Unreadable
from tests.visit_files import HEADER, ROW, file_of, problem_in, read


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r\r\n"])
def test_any_usual_line_end_is_read(line_end: str) -> None:
    assert isinstance(read(f"{HEADER}{line_end}{ROW}{line_end}")[0], VisitRow)


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    assert isinstance(read(b"\xef\xbb\xbf" + file_of({}).encode())[0], VisitRow)


def test_the_last_line_may_lack_its_line_end() -> None:
    assert isinstance(read(f"{HEADER}\n{ROW}")[0], VisitRow)


def test_blank_rows_are_passed_over() -> None:
    found = read(f"\n{HEADER}\n\n{',' * 12}\n{ROW}\n , {',' * 11}\n\n")

    assert [item.line for item in found if isinstance(item, VisitRow)] == [5]
    assert len(found) == 1


@pytest.mark.parametrize(
    ("start", "format_name"),
    [("\N{BOM}a".encode("utf-16"), "UTF-16"), (b"PK\x03\x04", ".xlsx"), (b"\x1f\x8b", "gzip")],
)
def test_another_format_is_named_with_the_cure(start: bytes, format_name: str) -> None:
    problem = problem_in(start + b"\n\n\n")

    assert format_name in problem
    assert "CSV UTF-8" in problem


def test_a_line_that_is_not_utf_8_is_refused_with_its_byte() -> None:
    data = file_of({}, {"appointment_id": "A2", "first_name": "José"}, {"appointment_id": "A3"}).encode("latin-1")

    first, problem, last = read(data)

    assert isinstance(first, VisitRow)
    assert isinstance(last, VisitRow)
    assert str(problem).startswith("visits.csv:3: byte 61 (0xE9) is not UTF-8; save it as")


def test_a_nul_byte_is_refused() -> None:
    assert "visits.csv:2: byte 3 is NUL" in problem_in(f"{HEADER}\nA1\0{ROW[2:]}\n")


def test_old_line_ends_are_refused_with_the_cure() -> None:
    assert "carriage return alone" in problem_in(f"{HEADER}\r{ROW}\r{ROW}")


def test_a_file_that_ends_inside_quotes_is_refused_at_the_row_where_they_open() -> None:
    whole, cut = read(f'{HEADER}\n{ROW}\n"A2\n{ROW}\n{ROW}\n')

    assert isinstance(whole, VisitRow)
    assert isinstance(cut, Unreadable)
    assert cut.where == "visits.csv:3"
    assert "ends inside a quoted cell" in cut.text


def test_text_after_a_closing_quote_is_refused() -> None:
    bad, good = read(f'{HEADER}\n"A"2{ROW[2:]}\n{ROW}\n')

    assert "after its closing quote" in str(bad)
    assert isinstance(good, VisitRow)


def test_a_cell_of_a_megabyte_costs_its_row_only() -> None:
    bad, good = read(file_of({"last_name": "x" * 1_000_000}, {"appointment_id": "A2"}))

    assert str(bad).startswith("visits.csv:2: this line has more than 100,000 bytes")
    assert isinstance(good, VisitRow)


def test_a_quoted_cell_of_a_megabyte_costs_its_row_only() -> None:
    bad, good = read(file_of({"last_name": "x, " * 333_333}, {"appointment_id": "A2"}))

    assert "more than 100,000 bytes" in str(bad)
    assert isinstance(good, VisitRow)


def test_a_cell_over_the_limit_is_refused_and_one_at_it_is_judged_by_its_column() -> None:
    over, at = read(file_of({"note": "x" * (CELL_LIMIT + 1)}, {"note": "x" * CELL_LIMIT}))

    assert "cell 14 has 10,001 characters; at most 10,000" in str(over)
    assert isinstance(at, VisitRow)


def test_after_an_endless_quote_nothing_is_taken_for_rows() -> None:
    smuggled = file_of({"note": '"' + "\n" * RECORD_LIMIT + f"{ROW},\n"}).replace('"""', '"')

    found = read(smuggled + f"{ROW},\n" * 3)

    assert [type(item) for item in found] == [Unreadable]
    assert "Nothing after it was read" in str(found[0])
