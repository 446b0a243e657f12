"""A papermill engine that runs a notebook's cells in a process forked from this one.

Nearly all of a report's time is starting a kernel and importing. A process that has imported
everything can be forked in milliseconds, and its copy is as well isolated as a kernel. The engine
is registered as ``ev-forecast``:

    papermill --engine ev-forecast notebook.ipynb out.ipynb
"""

from typing import Any


class ForkEngine:
    """papermill's entry to the engine.

    papermill imports this class while it is being imported itself, so everything of papermill is
    imported on first use.
    """

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, *args: Any, **options: Any) -> Any:
        """Run a notebook, as `papermill.engines.Engine.execute_notebook` does."""
        from forecasting.runs.execute.execution import PipeEngine

        return PipeEngine.execute_notebook(nb, kernel_name, *args, **options)

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> str:
        """Name the kernel: always this Python."""
        return name or nb.metadata.get("kernelspec", {}).get("name", "python3")

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> str:
        """Name the language: always Python."""
        return language or "python"
