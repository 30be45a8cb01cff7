"""A second reading: a small language model over the sender's own words, for what they imply and no rule names.

The model is a BERT encoder of six layers (MiniLM, Apache-2.0), trained further on invented letters only. It lies in
this package: nothing is fetched, and nothing leaves the machine. It can add an alarm of tier urgent; it never takes
one away. What it misses stands in docs/emergency.md, how it is made in training/README.md.
"""

from mailtriage.triage.implied.reading import IMPLIED, Reading, implied, readings_of

__all__ = ["IMPLIED", "Reading", "implied", "readings_of"]
