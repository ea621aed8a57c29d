"""The JSON interface, one file a noun. Responses in; profiles, paths, decisions, audits and the champion out."""
