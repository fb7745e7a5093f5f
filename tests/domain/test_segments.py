"""What a text costs: the numbers that networks bill, which a public segment calculator prints too."""
# ruff: noqa: RUF001  look-alikes are what this is about

from itertools import pairwise

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from reminders.domain.segments import Encoding, measure, plain, split

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"
FAMILY = "👨‍👩‍👧"  # 3 people and 2 joiners: 8 UTF-16 units, one grapheme
FLAG = "🇮🇹"  # 4 units
TEXTS = st.text(st.sampled_from([*"abc é\n\r", *EXTENSION, *"á—李😜"]) | st.characters(), max_size=400)
CLUSTERS = st.lists(
    st.sampled_from(["a", "€", "\r\n", "á", "😜", FLAG, FAMILY, "e\u0301", "नि", "1️⃣"]), max_size=200
).map("".join)


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def septets(text: str) -> int:
    return sum(2 if point in EXTENSION else 1 for point in text)


@pytest.mark.parametrize("point", BASIC)
def test_each_character_of_the_basic_table_is_one_septet(point: str) -> None:
    measured = measure(point)

    assert (measured.encoding, measured.segments, measured.units) == (Encoding.GSM, 1, 1)


@pytest.mark.parametrize("point", EXTENSION)
def test_each_character_of_the_extension_table_is_two_septets(point: str) -> None:
    measured = measure(point)

    assert (measured.encoding, measured.segments, measured.units) == (Encoding.GSM, 1, 2)


@pytest.mark.parametrize("point", ["á", "í", "ó", "ú", "ç", "Á", "`", "\t", "\x1b", "’", "…", "李", "\u00a0", "\u200b"])
def test_one_character_outside_the_tables_makes_the_text_ucs_2(point: str) -> None:
    assert measure(f"visit {point}").encoding is Encoding.UCS2


@pytest.mark.parametrize(
    ("text", "encoding", "segments", "units"),
    [
        ("", "GSM-7", 1, 0),
        ("a" * 160, "GSM-7", 1, 160),
        ("a" * 161, "GSM-7", 2, 161),
        ("a" * 306, "GSM-7", 2, 306),
        ("a" * 307, "GSM-7", 3, 307),
        ("{" + "a" * 158, "GSM-7", 1, 160),
        ("{" + "a" * 159, "GSM-7", 2, 161),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 3, 306),  # € does not fit the last septet of the first segment
        ("a" * 152 + "€" + "a" * 151, "GSM-7", 2, 305),
        ("\r\n" * 80, "GSM-7", 1, 160),
        ("á" * 70, "UCS-2", 1, 70),
        ("á" * 71, "UCS-2", 2, 71),
        ("á" * 134, "UCS-2", 2, 134),
        ("á" * 135, "UCS-2", 3, 135),
        ("á" + "€" * 69, "UCS-2", 1, 70),  # in UCS-2 an extension character is one unit
        ("😜" + "a" * 68, "UCS-2", 1, 70),
        ("😜" + "a" * 69, "UCS-2", 2, 71),
        ("a" * 66 + "😜" + "a" * 66, "UCS-2", 3, 134),  # the pair goes whole into the second segment
        ("a" * 66 + "😜" + "a" * 65, "UCS-2", 2, 133),
        ("a" * 60 + FAMILY + "a" * 59, "UCS-2", 2, 127),
        (FLAG + "a" * 67, "UCS-2", 2, 71),
        ("a" * 66 + "\r\n" + "á" * 66, "UCS-2", 2, 134),  # a line end may be cut: it is two characters
    ],
)
def test_segments_and_units_are_those_of_the_network(text: str, encoding: str, segments: int, units: int) -> None:
    measured = measure(text)

    assert (measured.encoding, measured.segments, measured.units) == (encoding, segments, units)


def test_a_grapheme_longer_than_a_segment_is_cut_because_it_must() -> None:
    monster = "e" + "\u0301" * 140

    parts = split(monster)

    assert [utf16(part) for part in parts] == [67, 67, 7]


def test_what_forces_ucs_2_is_named_once_with_its_plain_form() -> None:
    forced_by = measure("“Visit” — 李 “soon” 👍🏽").forced_by

    assert [(forcing.character, forcing.replacement) for forcing in forced_by] == [
        ("“", '"'),
        ("”", '"'),
        ("—", "-"),
        ("李", None),
        ("👍🏽", None),
    ]
    assert [forcing.name for forcing in forced_by[2:4]] == ["EM DASH", "CJK UNIFIED IDEOGRAPH-674E"]


def test_a_grapheme_is_named_by_all_its_parts() -> None:
    (forcing,) = measure("e\u0302").forced_by

    assert (forcing.name, forcing.replacement) == ("LATIN SMALL LETTER E + COMBINING CIRCUMFLEX ACCENT", "e")


@pytest.mark.parametrize(
    ("text", "swapped"),
    [
        ("“It’s” ‘so’ «nice»", '"It\'s" \'so\' "nice"'),
        ("9–10 — on… • one", "9-10 - on... - one"),
        ("10:30\u00a0AM 10:30\u202fAM", "10:30 AM 10:30 AM"),
        ("Lucía Ángel Óscar Raúl", "Lucia Angel Oscar Raul"),
        ("José Peña Müller à Ç", "José Peña Müller à Ç"),
        ("François ç ê õ ł ø Œ", "Francois c e o l ø OE"),
        ("Jose\u0301 Pen\u0303a", "José Peña"),
        ("zero\u200bwidth soft\u00adhyphen \ufeffbom \u200fmark", "zerowidth softhyphen bom mark"),
        ("2½ hours, ＡＢ１", "2 1/2 hours, AB1"),
        ("a\r\nb\u2028c", "a\r\nb\nc"),
    ],
)
def test_look_alikes_become_plain_and_what_gsm_knows_stays(text: str, swapped: str) -> None:
    assert plain(text) == swapped
    assert measure(plain(text)).encoding is Encoding.GSM


@pytest.mark.parametrize("text", ["李娜", "Анна", "Ελένη", "👍🏽", FAMILY, "が", "한국", "नि"])
def test_what_nothing_plain_looks_like_is_left_alone(text: str) -> None:
    assert plain(text) == text


@given(CLUSTERS | TEXTS)
@example("a" * 152 + "€" * 3)
@example("😜" * 34)
def test_the_segments_are_the_text_and_none_is_too_long(text: str) -> None:
    measured, parts = measure(text), split(text)
    count, alone, joined = (septets, 160, 153) if measured.encoding is Encoding.GSM else (utf16, 70, 67)

    assert "".join(parts) == text
    assert len(parts) == measured.segments
    assert sum(count(part) for part in parts) == measured.units
    assert all(count(part) <= (alone if len(parts) == 1 else joined) for part in parts)


@given(CLUSTERS)
def test_no_grapheme_is_cut_by_the_end_of_a_segment(text: str) -> None:
    ends = {match.end() for match in regex.finditer(r"\X", text)}
    ends |= {match.start() + 1 for match in regex.finditer("\r\n", text)}
    cut = 0

    for part in split(text)[:-1]:
        cut += len(part)
        assert cut in ends


@given(CLUSTERS | TEXTS)
def test_a_segment_ends_only_where_the_next_piece_has_no_room(text: str) -> None:
    parts = split(text)
    count, joined = (septets, 153) if measure(text).encoding is Encoding.GSM else (utf16, 67)

    for part, following in pairwise(parts):
        piece = following[0] if count is septets else regex.match(r"\X", following).group()
        assert count(part) + count(piece) > joined


@given(TEXTS)
def test_plain_changes_nothing_twice_and_nothing_that_gsm_knows(text: str) -> None:
    once = plain(text)

    assert plain(once) == once
    if measure(text).encoding is Encoding.GSM:
        assert once == text


@given(TEXTS)
def test_a_named_replacement_is_what_plain_puts_there(text: str) -> None:
    for forcing in measure(text).forced_by:
        expected = forcing.character if forcing.replacement is None else forcing.replacement
        assert plain(forcing.character) == expected
