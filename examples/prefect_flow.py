"""Prefect 3.9: the run as a flow. `python prefect_flow.py` serves it once a week.

Wrong input fails at once; failed scenarios are tried again, and only they run; what became of each
is an artifact.
"""

from __future__ import annotations

from prefect import flow, task
from prefect.artifacts import create_table_artifact

from forecasting.runs.runner import RunSummary, run
from forecasting.vocabulary.errors import InputError, RunError


def mendable(_task: object, _run: object, state: object) -> bool:
    """Wrong input stays wrong."""
    return not isinstance(state.result(raise_on_failure=False), InputError)  # type: ignore[attr-defined]


@task(retries=2, retry_delay_seconds=300, retry_condition_fn=mendable)
def run_scenarios(out: str) -> RunSummary:
    """Run what is not fresh, and show what became of each scenario."""
    done = run([], out, timeout=600, progress=False)
    rows = [
        {"scenario": result.name, "status": result.status, "reason": result.reason}
        for result in done.results
    ]
    create_table_artifact(
        key="ev-outlooks", table=rows, description=f"{done.seconds:.0f} s, reports in {done.folder}"
    )
    if not done.ok:
        raise RunError(str(done))
    return done


@flow
def ev_outlooks(out: str = "reports") -> str:
    """Make the reports; gives the path of their index."""
    return str(run_scenarios(out).folder / "index.html")


if __name__ == "__main__":
    ev_outlooks.serve(name="weekly", cron="0 5 * * 1")
