"""The one folder in which this user's commands and notebooks keep what they may make again."""

import os
from pathlib import Path

from forecasting.vocabulary.names import CACHE, CACHE_VARIABLE


def cache_folder() -> Path | None:
    """Where answers and fetched pages are kept; None where that is turned off.

    The environment names it; where it says nothing, it is one in the user's folder of caches.

    Examples
    --------
    >>> import os
    >>> os.environ[CACHE_VARIABLE] = "/var/cache/mine"
    >>> cache_folder()
    PosixPath('/var/cache/mine')
    >>> del os.environ[CACHE_VARIABLE]
    """
    named_folder = os.environ.get(CACHE_VARIABLE)
    if named_folder is not None:
        return Path(named_folder) if named_folder else None
    from platformdirs import user_cache_path

    folder = user_cache_path(CACHE, appauthor=False)
    return folder if folder.is_absolute() else None  # a user may have no home
