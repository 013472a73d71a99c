"""Keeps memory that was freed, so that a reader does not fault its pages in while someone waits."""

import ctypes
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of mallopt, from glibc's malloc.h
_KEPT = 512 << 20
_PAGE = 4096


def keep() -> None:
    """Have glibc give large blocks from the heap and keep what is freed; elsewhere do nothing.

    Called before the audit hook is installed, which refuses ctypes.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _KEPT)
        mallopt(_TRIM_THRESHOLD, _KEPT)


def take(size: int) -> None:
    """Touch so many bytes and free them: `keep` has made them stay at hand."""
    block = bytearray(size)
    block[::_PAGE] = bytes(len(range(0, size, _PAGE)))
