"""What the service tells those who run it: log lines, figures, traces; of learners nothing.

:mod:`logs` writes one JSON object a line, :mod:`metrics` keeps counts in a registry of its own, :mod:`traces`
says where a request's time went, behind a setting. :mod:`watching` reads off the database library what the store
did, so that no repository has to count. None of them holds an id of a person, a query, an address or a value: a
request is known by its route's template and by an id that says nothing.
"""
