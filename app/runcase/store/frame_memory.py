"""Gives memory back to the system after much was read."""

import ctypes
import sys

_MANY = 50_000  # runs; for fewer there is little to give back


def give_back(runs: int) -> None:
    """Give back what reading so many runs left free, which glibc would keep: half of it all."""
    if runs > _MANY and sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # other C libraries have none
        if trim is not None:
            trim(0)
