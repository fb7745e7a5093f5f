"""A sender's row as its channel takes it."""

from reminders.channels.base import SenderAccount
from reminders.store.claims import SenderKeys


def account_of(keys: SenderKeys) -> SenderAccount:
    """Return the account that *keys* describe."""
    return SenderAccount(
        provider=keys.provider,
        account=keys.account,
        token=keys.token,
        from_address=keys.from_address,
        messaging_service=keys.messaging_service,
        api_url=keys.api_url,
    )
