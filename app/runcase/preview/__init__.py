"""Artifact files as documents: bytes in, values out. Nothing is executed or unpickled."""
