"""The command line: noun and verb, over the client. `goldloop serve`, `goldloop release cut`, `goldloop work next`."""

from goldloop.cli.root import main

__all__ = ["main"]
