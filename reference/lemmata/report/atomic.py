"""Files that are either whole or not there."""

import contextlib
import os
import tempfile
from pathlib import Path


def write_atomically(path: str | Path, text: str | bytes) -> None:
    """Write a file, text in UTF-8, so that readers see the old one or the new one, never a part.

    Raises
    ------
    OSError
        If the directory does not exist or cannot be written, or the path is something else than a file, a
        device for instance; an old file stays as it was. What a symbolic link points to is written.
    """
    path = _target(path)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode("utf-8") if isinstance(text, str) else text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def check_writable(path: str | Path) -> None:
    """Raise now what `write_atomically` would raise after a run of minutes; leaves nothing behind.

    Raises
    ------
    OSError
        If the directory does not exist or cannot be written, or the path is a directory.
    """
    path = _target(path)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    os.close(descriptor)
    os.unlink(temporary)


def _target(path: str | Path) -> Path:
    """The file to write: where a link leads, and nothing but a regular file or a new one."""
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise IsADirectoryError(f"{path} is a directory, not a file to write")
    if target.exists() and not target.is_file():
        raise OSError(f"{path} is not a regular file")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"the directory {target.parent} of {target.name} does not exist")
    return target


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
