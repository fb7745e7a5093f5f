"""Phones and mailboxes: as people write them, and the one form of each that is kept.

A phone must have the shape of a number of its country and lie in a country the
clinic allows; that it is assigned to anyone is not asked, for a list of
assigned ranges ages faster than a clinic upgrades. What is refused here is a
number that no provider would take.
"""

import re
from collections.abc import Collection
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumber, PhoneNumberFormat, ValidationResult

from reminders.domain.errors import RefusedError

_NOTATION = re.compile(
    r"[+\uff0b]?[\d\s().\-/\u2010-\u2015\u2212\u00a0]+(?:(?:;?ext\.?=?|x|#)\s*\d{1,7})?", re.IGNORECASE
)
_SHORTENED = re.compile(r"[+]?\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_MAILBOX = re.compile(r"(?!=)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")

_WRONG_LENGTH = {
    ValidationResult.TOO_SHORT: "has too few digits",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "has no area code",
    ValidationResult.TOO_LONG: "has too many digits",
    ValidationResult.INVALID_LENGTH: "has a wrong number of digits",
    ValidationResult.INVALID_COUNTRY_CODE: "starts with a country code that does not exist",
}


def read_phone(text: str, *, region: str, countries: Collection[str]) -> str:
    """Return the phone *text* as E.164; a number without a country code is one of *region*.

    Only numbers of *countries* are taken: one elsewhere is more often a slip, or a
    way to make a clinic pay for dear calls, than a patient.
    """
    number = _parse(text, region)
    if number.extension:
        raise _refuse_phone("has an extension, which texts cannot reach; give a direct number", region)
    if not _countries_of(number) & set(countries):
        allowed = ", ".join(sorted(countries))
        raise _refuse_phone(f"is not a number of a country this clinic allows ({allowed})", region)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def read_emergency_phone(text: str, *, region: str) -> str:
    """Return the phone *text*, which people dial by hand: any country, and an extension is kept."""
    number = _parse(text, region)
    dialled = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return f"{dialled} x{number.extension}" if number.extension else dialled


def read_email(text: str) -> str:
    """Return the mailbox *text* with its domain in lower case; the part before the @ keeps its case."""
    mailbox, at, domain = text.rpartition("@")
    if not at or not _MAILBOX.fullmatch(mailbox):
        raise _refuse_email("is not one address of the form name@example.com")
    if len(mailbox) > 64 or len(text) > 254:
        raise _refuse_email("is longer than mail allows")
    return f"{mailbox}@{_read_domain(domain)}"


@lru_cache(maxsize=4096)  # a patient has many rows, and parsing is half the cost of a row
def _parse(text: str, region: str) -> PhoneNumber:
    text = text.removeprefix("'")  # how a spreadsheet is told that "+1..." is text
    if _SHORTENED.fullmatch(text):
        raise _refuse_phone("was shortened by a spreadsheet; format the column as text", region)
    if not _NOTATION.fullmatch(text):
        raise _refuse_phone("is not a phone number alone", region)
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        raise _refuse_phone("is not a phone number", region) from None
    _check_shape(number, region)
    return number


def _check_shape(number: PhoneNumber, region: str) -> None:
    verdict = phonenumbers.is_possible_number_with_reason(number)
    if verdict != ValidationResult.IS_POSSIBLE:
        raise _refuse_phone(_WRONG_LENGTH.get(verdict, "is not a possible number"), region)
    significant = phonenumbers.national_significant_number(number)
    if len(set(significant)) == 1 or not _has_shape_of_its_country(number, significant):
        raise _refuse_phone("cannot be a real number", region)


def _has_shape_of_its_country(number: PhoneNumber, significant: str) -> bool:
    main_region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    metadata = PhoneMetadata.metadata_for_region(main_region)
    pattern = metadata.general_desc.national_number_pattern if metadata and metadata.general_desc else None
    return pattern is None or re.fullmatch(pattern, significant) is not None


def _countries_of(number: PhoneNumber) -> set[str]:
    """Return the country that *number* is known to be of, else all that share its country code."""
    known = phonenumbers.region_code_for_number(number)
    return {known} if known else set(phonenumbers.region_codes_for_country_code(number.country_code or 0))


def _read_domain(domain: str) -> str:
    try:
        ascii_domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise _refuse_email("has a domain that cannot exist") from None
    labels = ascii_domain.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or not all(map(_LABEL.fullmatch, labels)):
        raise _refuse_email("has a domain that cannot exist")
    return ascii_domain


def _refuse_phone(reason: str, region: str) -> RefusedError:
    example = phonenumbers.example_number(region)
    how = phonenumbers.format_number(example, PhoneNumberFormat.INTERNATIONAL) if example else "+1 201-555-0123"
    return RefusedError(f"{reason}; write it like {how}", code="invalid_phone")


def _refuse_email(reason: str) -> RefusedError:
    return RefusedError(f"{reason}; give one working address or leave it empty", code="invalid_email")
