"""Polku's models beside their peers: the same learners held out, each model in a process of its own.

:mod:`~peers.log` is what every peer is given: arrays, with nothing of Polku in them. A peer is a class with ``fit`` and
``predict``, one file each: :mod:`~peers.rasch`, :mod:`~peers.elo`, :mod:`~peers.regression` (PFA and Best-LR) and
:mod:`~peers.tracing` (pyBKT, in an environment of its own, :mod:`~peers.environment`); :mod:`~peers.ours` brings
Polku's models. :mod:`~peers.run` runs one of them over the folds; :mod:`~peers.contest` divides the learners and starts
the processes. :mod:`~peers.judge` turns predictions into figures, :mod:`~peers.paired` says how sure a difference is,
:mod:`~peers.slices` looks at calibration more closely, :mod:`~peers.bars` says what has to be reached, and
:mod:`~peers.picture` draws.

Each peer is given its published form at its best: fallbacks for items it has not seen, gains tuned on training
learners, weights fitted until they converge.
"""
