"""Model clients: how a judge reaches a model in this process, behind a URL, in a file, or trained here."""
