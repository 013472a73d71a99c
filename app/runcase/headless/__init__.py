"""The commands that answer without a window: info, runs, dump, preview."""
