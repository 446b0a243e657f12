"""Reports into a store that speaks S3: whole, fresh the second time, locked, without a secret, and
what it costs.

    pip install s3fs 'moto[server]'
    python benches/s3.py

moto serves the store on loopback. Neither is in the lock: they bring the clouds' own libraries.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from forecasting.runs.output import object_store
from forecasting.runs.runner import RunSummary, run
from forecasting.vocabulary.errors import RunError
from forecasting.vocabulary.names import LOCK

SCENARIOS = [
    Path("params") / f"{name}.yaml" for name in ("turkmenistan-baseline", "xinjiang-baseline")
]
SECRET, OUT = "hunter2-secret", "s3://bucket/reports"


@contextlib.contextmanager
def store() -> Iterator[Any]:
    """A bucket that lasts as long as the context."""
    import s3fs
    from moto.server import ThreadedMotoServer

    served = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    served.start()
    host, port = served.get_host_and_port()
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    os.environ["AWS_ENDPOINT_URL"] = f"http://{host}:{port}"
    system = s3fs.S3FileSystem()
    system.mkdir("bucket")
    try:
        yield system
    finally:
        served.stop()


def timed(out: Path | str) -> tuple[RunSummary, float]:
    started = time.perf_counter()
    return run(SCENARIOS, out, progress=False), time.perf_counter() - started


def main() -> None:
    with TemporaryDirectory() as folder, store() as system:
        here, local = timed(Path(folder) / "reports")
        there, remote = timed(OUT)
        again, unchanged = timed(OUT)
        assert (here.ok, there.ok, again.count("fresh")) == (True, True, len(SCENARIOS)), str(again)
        names = {path.removeprefix("bucket/reports/") for path in system.find("bucket/reports")}
        assert {"index.html", "turkmenistan-baseline/run.json"} <= names - {LOCK}, names
        assert LOCK not in names
        assert not [path for path in system.find("bucket") if SECRET.encode() in system.cat(path)]
        object_store.RENEWED = 0.2
        with object_store.Lease(system, f"bucket/reports/{LOCK}", OUT):
            try:
                run(SCENARIOS, OUT, force=True, progress=False)
                raise AssertionError("two runs shared a prefix")
            except RunError as error:
                print(f"refused, as it must be: {error}")
    print(
        f"{len(SCENARIOS)} scenarios: to disk {local:.1f} s, to S3 {remote:.1f} s, "
        f"nothing changed {unchanged:.1f} s"
    )


if __name__ == "__main__":
    main()
