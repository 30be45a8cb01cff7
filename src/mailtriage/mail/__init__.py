"""Bytes -> Message: MIME, charsets, HTML, own words, quotes and forwarded text. Pure."""
