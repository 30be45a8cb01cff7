"""A progress bar on stderr, for a person who watches a long first poll."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from mailtriage.adapters.terminal.safe import safe

if TYPE_CHECKING:
    from mailtriage.poll import Batch


class Bar:
    """Call it with each batch. The bar of a folder ends when its last message is done, or the block does."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import Progress, TaskID

        self._progress = Progress(console=Console(stderr=True), transient=True)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Gives the terminal its cursor back, whatever ended the run."""
        self._progress.stop()

    def __call__(self, folder: str, batch: Batch) -> None:
        """Show how much of the folder is done, in messages."""
        if folder not in self._tasks:
            self._progress.start()
            self._tasks[folder] = self._progress.add_task(safe(folder), total=batch.total)
        self._progress.update(self._tasks[folder], completed=batch.done, total=batch.total)
        if batch.done >= batch.total:
            self._progress.stop()
