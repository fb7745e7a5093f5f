import pytest

from reminders.domain.contact import read_email, read_emergency_phone, read_phone
from reminders.domain.errors import RefusedError


@pytest.mark.parametrize(
    "text",
    [
        "(312) 555-0142",
        "312.555.0142",
        "1-312-555-0142",
        "+1 312 555 0142",
        "\uff0b13125550142",
        "+1 (312) 555\u20110142",
        "'+13125550142",
        "3125550142",
    ],
)
def test_a_phone_in_any_usual_notation_is_kept_as_e164(text: str) -> None:
    assert read_phone(text, region="US", countries={"US"}) == "+13125550142"


def test_the_magic_numbers_of_the_sandbox_are_phones() -> None:
    numbers = ["+15005550001", "+15005550006", "+15005550009"]

    assert [read_phone(number, region="US", countries={"US"}) for number in numbers] == numbers


def test_a_number_without_country_code_is_one_of_the_clinics_region() -> None:
    assert read_phone("020 7946 0018", region="GB", countries={"GB"}) == "+442079460018"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("12345", "too few digits"),
        ("555-0142", "no area code"),
        ("+1 312 555 0142 999", "too many digits"),
        ("000-000-0000", "cannot be a real number"),
        ("9999999999", "cannot be a real number"),
        ("123-456-7890", "cannot be a real number"),
        ("312 555 0142 x5", "extension"),
        ("312 555 0142 or 0143", "not a phone number alone"),
        ("ask her", "not a phone number alone"),
        ("1.3125550142E+10", "shortened by a spreadsheet"),
        ("+999 312 555 0142", "not a phone number"),
        ("=1+1", "not a phone number alone"),
        ("+", "not a phone number"),
        ("+44 20 7946 0018", "not a number of a country this clinic allows (US)"),
        ("+1 204 555 0142", "not a number of a country this clinic allows (US)"),
        ("+1 876 555 0142", "not a number of a country this clinic allows (US)"),
    ],
)
def test_a_phone_that_no_provider_would_take_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read_phone(text, region="US", countries={"US"})

    assert reason in str(refused.value)
    assert "write it like +1" in str(refused.value)
    assert refused.value.code == "invalid_phone"


def test_an_emergency_phone_may_be_abroad_and_keep_its_extension() -> None:
    assert read_emergency_phone("+44 20 7946 0018 ext. 12", region="US") == "+442079460018 x12"


def test_a_mailbox_keeps_its_case_and_its_domain_is_lowered() -> None:
    assert read_email("Ana.Lee+Clinic@EXAMPLE.Com") == "Ana.Lee+Clinic@example.com"


def test_a_domain_in_other_letters_is_kept_in_its_mailable_form() -> None:
    assert read_email("ana@bücher.example") == "ana@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "text",
    [
        "ana",
        "=ana@example.com",
        "ana@",
        "@example.com",
        "ana@example",
        "ana@@example.com",
        "ana lee@example.com",
        "ana@example..com",
        "ana@-example.com",
        "ana@192.168.0.1",
        ".ana@example.com",
        "ana..lee@example.com",
        "Ana <ana@example.com>",
        "ana@example.com; bo@example.com",
        "ana@example.com\nBcc: all@example.com",
        "änä@example.com",
        f"{'a' * 65}@example.com",
        f"ana@{'x' * 64}.com",
        f"ana@{'x.' * 130}com",
    ],
)
def test_what_is_not_one_mailbox_is_refused(text: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read_email(text)

    assert refused.value.code == "invalid_email"


@pytest.mark.parametrize("text", ["12345", "+44 20 7946 0018", "312 555 0142 x5", "ana@x"])
def test_a_refusal_never_repeats_the_address(text: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read_email(text) if "@" in text else read_phone(text, region="US", countries={"US"})

    assert text not in str(refused.value)
