"""Run the stand-in: `python -m tests.torture.standin --ledger FILE --account AC… --token … --seed N`.

It prints the port it listens on, and answers until it is killed.
"""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from tests.torture.standin.draws import Draws
from tests.torture.standin.ledger import Ledger
from tests.torture.standin.server import StandIn, Ways


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="standin", description="A stand-in for Twilio's messages.")
    parser.add_argument("--ledger", type=Path, required=True)
    parser.add_argument("--account", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--call", type=float, default=30, help="seconds after which callers give up")
    parser.add_argument("--first-look", type=float, default=120)
    parser.add_argument("--second-look", type=float, default=600)
    parser.add_argument("--pause", type=float, default=0, help="seconds that every answer takes at least")
    parser.add_argument("--mix", type=json.loads, help="weights of what happens to a request, as JSON")
    parser.add_argument("--calling", type=json.loads, help="weights of what happens to callbacks, as JSON")
    return parser.parse_args()


async def _run(given: argparse.Namespace) -> None:
    ways = Ways(
        account=given.account,
        token=given.token,
        call=given.call,
        first_look=given.first_look,
        second_look=given.second_look,
        pause=given.pause,
    )
    standin = StandIn(ways, Draws(given.seed, mix=given.mix, calling=given.calling), Ledger(given.ledger))
    server = await asyncio.start_server(standin.serve, "127.0.0.1", 0, backlog=512)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_run(_arguments()))
