"""The bridge between rows and the scheduler's problem: the only place that imports ``scheduler``.

In files of the exchange format a row is called by a letter and its key: p participant, g group,
c coach, v venue, m measure, t tag. No name, and no code of a tag, ever enters one.
"""
