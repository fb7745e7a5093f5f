"""Bodies as Twilio's list of messages gives them: every field of a recorded one, a page at a time."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

ACCOUNT_SID = "AC" + "1" * 32
PATH = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"


def sid(number: int) -> str:
    return f"SM{number:032x}"


def record(
    number: int, created_at: datetime, *, sent_after: timedelta | None = timedelta(seconds=1), **fields: Any
) -> dict[str, Any]:
    """Return one message; *sent_after* None: it waits."""
    return {
        "body": "Lakeside: your visit is Wed Oct 7, 10:30 AM.",
        "num_segments": "1",
        "direction": "outbound-api",
        "from": "+13125550100",
        "date_updated": format_datetime(created_at),
        "price": None,
        "error_message": None,
        "uri": f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{sid(number)}.json",
        "account_sid": ACCOUNT_SID,
        "num_media": "0",
        "to": "+13125550142",
        "date_created": format_datetime(created_at),
        "status": "delivered" if sent_after is not None else "queued",
        "sid": sid(number),
        "date_sent": None if sent_after is None else format_datetime(created_at + sent_after),
        "messaging_service_sid": None,
        "error_code": None,
        "price_unit": "USD",
        "api_version": "2010-04-01",
        "subresource_uris": {"media": f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{sid(number)}/Media.json"},
    } | fields


def page(records: Sequence[dict[str, Any]], *, next_uri: str | None = None, **fields: Any) -> str:
    """Return one page of the list."""
    return json.dumps(
        {
            "first_page_uri": f"{PATH}?PageSize=1000&Page=0",
            "end": len(records) - 1,
            "previous_page_uri": None,
            "messages": records,
            "uri": f"{PATH}?PageSize=1000&Page=0",
            "page_size": 1000,
            "start": 0,
            "next_page_uri": next_uri,
            "page": 0,
        }
        | fields
    )


def next_uri(number: int) -> str:
    """Return where page *number* is, as Twilio writes it: with the token of the last message seen."""
    return f"{PATH}?PageSize=1000&To=%2B13125550142&Page={number}&PageToken=PA{sid(number)}"
