"""Statements and credits as documents: text, CSV, JSON, Xero's import, timedot, HTML. Pure: values in, text out.

A document says when correspondence took time, and what it costs; never what a mail was about, nor who else is in it.
"""

from mailtriage.documents.formats import FORMATS, document

__all__ = ["FORMATS", "document"]
