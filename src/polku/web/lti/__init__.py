"""LTI 1.3: launches from a learning platform to the learner's or the teacher's page, and its services.

:mod:`~polku.web.lti.registrations` are the platforms, :mod:`~polku.web.lti.launches` checks what they sign,
:mod:`~polku.web.lti.sessions` signs the cookie that a launch leaves, :mod:`~polku.web.lti.services` posts scores and
reads members. A launch says who somebody is and as what; whom they may see, relations say, as for everybody.
"""
