from reminders.sources.seen import Seen


def test_a_text_is_new_once() -> None:
    seen = Seen()

    assert [seen.add(text) for text in ["a", "b", "a", "", "b", ""]] == [True, True, False, True, False, False]


def test_what_was_seen_is_still_known_after_the_table_grew() -> None:
    seen, texts = Seen(), [str(number) for number in range(5000)]

    assert all(seen.add(text) for text in texts)
    assert not any(seen.add(text) for text in texts)
