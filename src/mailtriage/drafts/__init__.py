"""A message -> the draft of an answer: to whom, under which header, with which words quoted. Pure; nothing is sent.

Only a human sends mail. What is made here goes into a drafts folder, or onto a screen.
"""
