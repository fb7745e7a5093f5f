import pytest

from reminders.domain.row import REQUIRED
from tests.visit_files import HEADER, ROW, file_of, problem_in, read


def test_a_file_without_header_is_refused_with_the_columns_to_write() -> None:
    problem = problem_in(f"{ROW}\n{ROW}\n")

    assert problem.startswith("visits.csv:1: the first row must name the columns")
    assert all(column in problem for column in REQUIRED)


@pytest.mark.parametrize("mark", [";", "\t"])
def test_cells_parted_by_something_else_are_named(mark: str) -> None:
    assert "comma delimited" in problem_in(f"{HEADER}\n{ROW}\n".replace(",", mark))


def test_each_missing_column_is_named() -> None:
    problems = [str(item) for item in read("appointment_id,status\nA1,booked\n")]

    assert len(problems) == len(REQUIRED) - 2
    assert 'visits.csv:1: column "starts_at" is missing; it is required' in problems


@pytest.mark.parametrize(
    ("slip", "meant"), [("start_at", "starts_at"), ("pone", "phone"), ("sms consnet", "sms_consent")]
)
def test_a_slip_in_a_column_is_refused_with_what_was_meant(slip: str, meant: str) -> None:
    assert f'did you mean "{meant}"?' in problem_in(file_of({}).replace(meant, slip))


def test_a_column_that_stands_twice_is_refused() -> None:
    assert 'column "phone" stands twice' in problem_in(f"{HEADER},Phone\n{ROW},x\n")


def test_too_many_columns_are_refused() -> None:
    names = ",".join(f"x{number}" for number in range(200))

    assert "at most 200" in problem_in(f"{HEADER},{names}\n")
