"""The machine and the versions, as the results name them; no names of hosts."""

from __future__ import annotations

import os
import platform
import re
from importlib import metadata
from pathlib import Path

PACKAGES = ("ortools", "numpy", "matching")


def memory() -> int:
    """Bytes of memory of this machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def machine() -> str:
    """One line: cores, processor, memory, versions."""
    model = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    versions = [f"Python {platform.python_version()}"]
    installed = {found.name for found in metadata.distributions()}
    versions += [f"{name} {metadata.version(name)}" for name in PACKAGES if name in installed]
    processor = model[1] if model else platform.machine()
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores of {processor}, {memory() / 1e9:.0f} GB, {', '.join(versions)}"
