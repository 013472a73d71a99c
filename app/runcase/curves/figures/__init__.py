"""What charts of runs draw, made of their columns; Qt-free, and called on worker threads."""
