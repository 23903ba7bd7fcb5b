"""Every page: with config, the only package that knows HTTP."""
