"""Coded copies: new DICOM files for blinded readers and for sharing, built from an allow-list.

A copy is made from nothing: `allow_list` names what may come over from the original's header, `header`
adds what the trial says of it, `kept_area` decides which pixels stay, `copying` writes and reads back.
Nothing is ever removed from a file here, because what is not named never gets in. Keys come as bytes from
whoever calls; this room reads no key, no record and no clock.
"""
