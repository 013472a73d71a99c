"""The window: pages, plots, previews, widgets and dialogs. Writes no SQL, parses no file."""
