"""The school around the learners: classes, days, lessons, tasks, and what earlier years have left.

Everything here is settled before the first answer is given: :mod:`.places` and :mod:`.cohort` say who is
where, :mod:`.programme` what is taught, :mod:`.year` on which days; :mod:`.timetable` holds the lessons and
:mod:`.diary` the tasks, put together from :mod:`.sessions` (how much), :mod:`.choices` (which item) and
:mod:`.clock` (when). :mod:`.preparation` draws what learners bring along, :mod:`.people` their backgrounds,
which no other module of this package reads. Nobody learns or answers here; that is the business of a law.
"""
