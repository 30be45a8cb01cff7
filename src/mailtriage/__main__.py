"""`python -m mailtriage`."""

import sys

from mailtriage.cli import main

if __name__ == "__main__":
    sys.exit(main())
