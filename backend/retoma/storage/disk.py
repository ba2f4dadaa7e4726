"""The free-disk floor: below it no run is started."""

import os
import shutil
from pathlib import Path

from retoma.core.errors import DiskFullError

_MIB = 1024 * 1024


def lacks_room(folder: Path, floor_mib: int) -> bool:
    """Whether less than `floor_mib` MiB are free where `folder` is; never where the floor is 0."""
    return floor_mib > 0 and shutil.disk_usage(folder).free < floor_mib * _MIB


def require_room(folder: Path, floor_mib: int) -> None:
    """DiskFullError where a run may not be started for lack of room."""
    if lacks_room(folder, floor_mib):
        free = shutil.disk_usage(folder).free // _MIB
        raise DiskFullError(
            f"No run is started while less than {floor_mib} MiB of disk are free: there are {free} where the data "
            "folder is. Make room, or set RETOMA_FREE_DISK_MIB lower; nothing was changed."
        )


def sync_folder(folder: Path) -> None:
    """Write down to the disk which files a folder has."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
