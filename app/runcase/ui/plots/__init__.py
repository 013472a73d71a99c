"""Plots, drawn by pyqtgraph from data already reduced to pixels."""
