"""Runcase: opens an MLflow store like a document."""

__version__ = "0.1.0"
