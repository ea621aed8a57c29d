"""One schema per definition file.

Every TOML file in a home has a pydantic model here; the text under a field feeds the editor, OpenAPI and
the reference. Schemas check one file at a time. They are not tables, and they hold no behaviour.
"""
