"""Plan stamps: what a row keeps of what it was planned for comes back as it was."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from reminders.domain.facts import Stamp
from reminders.store import stamps

INSTANTS = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
STAMPS = st.builds(
    Stamp,
    anchor_at=INSTANTS,
    starts_at=st.none() | INSTANTS,
    zone=st.sampled_from(["America/New_York", "Europe/Lisbon"]),
    stops=st.lists(st.tuples(st.text(), INSTANTS)).map(tuple),
    address_id=st.none() | st.uuids(),
    place_id=st.none() | st.uuids(),
    cause=st.none() | st.text(),
)


@given(STAMPS)
def test_a_stamp_comes_back_as_it_was(stamp: Stamp) -> None:
    assert stamps.from_json(stamps.to_json(stamp)) == stamp
