"""The Python SDK: the same door for programs, the command line and the tests.

    Client("http://127.0.0.1:8800", token=...)   over HTTP
    Client(app)                                  in this process, authenticated like any other

One resource a noun: `client.programmes.apply(text)`, `client.work.claim(count=4)`. Whatever goes wrong is one of the
five errors of `goldloop.core.errors`.
"""

from goldloop.client.client import Client
from goldloop.client.jobs import Job
from goldloop.client.wire import Row

__all__ = ["Client", "Job", "Row"]
