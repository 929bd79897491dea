"""`python3 web`: makes its environment where needed, then hands over to the commands."""

import os
import sys

if not __package__:  # run as a folder: name our own root, so that no file in web/ can shadow the standard library
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - pathlib not yet safe

from web import environment

if __name__ == "__main__":
    environment.enter("web")

    from web.cli import main

    sys.exit(main(sys.argv[1:]))
