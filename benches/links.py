"""Which links of the data are dead: run it where there is a network.

    python benches/links.py [ADDRESS ...]        default: every address in forecasting/data

Prints one line for each address that does not answer, and where it stands; the exit status is 1 if
there is one. A page that wants a browser (status 401, 403, 405 or 429) is alive.
"""

from __future__ import annotations

import csv
import sys
import time
from collections import defaultdict
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from forecasting.vocabulary.names import DATA

ALIVE = {401, 403, 405, 429}
PATIENCE = 20  # seconds
PAUSE = 1.0  # seconds between two requests to one server


def addresses(folder: Path = DATA) -> dict[str, list[str]]:
    """Each address in the tables of a folder, with the files that have it."""
    places: dict[str, set[str]] = defaultdict(set)
    for path in sorted(folder.rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for cell in row.values():
                    if isinstance(cell, str) and cell.startswith(("http://", "https://")):
                        places[cell.split()[0]].add(path.name)
    return {address: sorted(names) for address, names in sorted(places.items())}


def fault_of(address: str, client: httpx.Client) -> str:
    """What is wrong with an address; empty where it answers."""
    try:
        with client.stream("GET", address) as answer:
            status = answer.status_code
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return "" if status < 400 or status in ALIVE else f"status {status}"


def main(arguments: list[str]) -> int:
    places = {address: ["given"] for address in arguments} or addresses()
    last_request: dict[str, float] = {}
    dead = 0
    with httpx.Client(timeout=PATIENCE, follow_redirects=True) as client:
        for address, names in places.items():
            server = urlsplit(address).netloc
            wait = last_request.get(server, 0.0) + PAUSE - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            fault = fault_of(address, client)
            last_request[server] = time.monotonic()
            if fault:
                dead += 1
                print(f"{address} ({', '.join(names)}): {fault}")
    print(f"{len(places)} addresses, {dead} dead")
    return 1 if dead else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
