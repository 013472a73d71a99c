"""What a person noted on this machine: marks of runs, views, filters; one SQLite file, no Qt."""
