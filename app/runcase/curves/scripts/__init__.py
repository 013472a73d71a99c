"""Writes Python scripts that draw charts of runs with matplotlib, their data included."""
