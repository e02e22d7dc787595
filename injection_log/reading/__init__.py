"""A reading package: a home of its own in which one blinded reader, or an adjudicator, reads coded cases.

Knows no site: no participant, visit, procedure or act of a site's home. How packages are made and come home is
`injection_log.acts.campaigns` and its neighbours.
"""
