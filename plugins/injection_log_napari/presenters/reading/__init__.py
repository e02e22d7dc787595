"""Presenters of the blinded reader's window: the list of cases, a case in hand, an adjudicator's choice. No Qt.

They know no participant, visit, date or operator: what they hold comes from a reading package, which has none.
"""
