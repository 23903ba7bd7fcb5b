"""Fanxing (繁星): a star-rating programme from the first record to the star on the wall."""
