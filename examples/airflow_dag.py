"""Apache Airflow 3.3: reports once a week. Put this file into the DAGs folder, and `ev-forecast` on
the worker's path.

EV_FORECAST_PROJECT names the folder that has params/ and notebooks/; `airflow dags test
ev_outlooks` tries it all.

The exit status decides: 1 (some scenarios failed) is retried, and only what failed runs again; 2
(the input is wrong) is not, since trying again would not mend it.
"""

from __future__ import annotations

import json
import os
import subprocess
from datetime import datetime, timedelta

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException

PROJECT = os.environ.get("EV_FORECAST_PROJECT", "/srv/ev-forecasting")


@dag(
    schedule="0 5 * * 1",
    start_date=datetime(2024, 1, 1),
    catchup=False,
    max_active_runs=1,
    tags=["ev-forecasting"],
)
def ev_outlooks() -> None:
    """Check the params, then run what is not fresh."""

    @task
    def check() -> None:
        done = subprocess.run(
            ["ev-forecast", "check"], cwd=PROJECT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise AirflowFailException(done.stderr)

    @task(retries=2, retry_delay=timedelta(minutes=5), execution_timeout=timedelta(hours=1))
    def run() -> dict[str, int]:
        command = ["ev-forecast", "run", "--timeout", "600", "--json"]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1):
            raise AirflowFailException(done.stderr)
        summary = json.loads(done.stdout)
        failed = [result for result in summary["results"] if result["status"] == "failed"]
        if failed or not summary["ok"]:
            told = "\n".join(f"{result['name']}: {result['reason']}" for result in failed)
            raise AirflowException(told or summary["problem"])
        return {"scenarios": len(summary["results"])}

    check() >> run()


ev_outlooks()
