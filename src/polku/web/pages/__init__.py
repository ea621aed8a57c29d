"""Pages for people: server-rendered, readable without scripts, asking nothing of any other machine.

``start`` is for the teacher, in three languages; ``interface`` describes the API to those who build on it;
``trouble`` is what a person sees where a program would get a problem document. Words are in ``serve/text``.
"""
