"""Settings from the environment, urls, wsgi, and the one-process server."""
