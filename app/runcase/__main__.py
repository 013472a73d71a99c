"""`python -m runcase` is the command `runcase`."""

import sys

from runcase.cli import main

if __name__ == "__main__":
    sys.exit(main())
