"""What the port's values show when they are printed: nothing that names a patient or opens a door."""

from datetime import UTC, datetime

from reminders.channels.base import Outgoing, Seen, SenderAccount


def test_an_account_hides_its_token() -> None:
    account = SenderAccount(provider="twilio", account="AC1", token="secret", from_address="+13125550100")

    assert "secret" not in repr(account)
    assert "AC1" in repr(account)


def test_what_goes_out_hides_to_whom_and_what() -> None:
    outgoing = Outgoing(
        attempt_token="hidden", to="hidden", text="hidden", subject="hidden", html="hidden", callback_url="hidden"
    )

    assert "hidden" not in repr(outgoing)


def test_what_a_provider_shows_hides_to_whom_and_what() -> None:
    noon = datetime(2026, 10, 7, 16, 0, tzinfo=UTC)

    seen = Seen(provider_id="SM1", to="hidden", text="hidden", status="sent", code=None, created_at=noon)

    assert "hidden" not in repr(seen)
