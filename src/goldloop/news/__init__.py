"""News: what happened that somebody should know of, in the app and by webhook."""
