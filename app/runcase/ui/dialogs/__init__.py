"""Dialogs: columns, the command palette."""
