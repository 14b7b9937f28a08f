"""Where a label came from and where it went: items, releases, training runs, regressions."""
