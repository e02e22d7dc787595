"""What a failed TLS hand-shake means, in one sentence for each cause. A table and its reading; opens nothing.

No text of a peer or a certificate is repeated. Codes are those of OpenSSL (x509_vfy.h) and the alerts of RFC 8446.
"""
from __future__ import annotations

import ssl

from dicom_io.errors import PacsError, PacsNotSafe, PacsStalled
from dicom_io.pacs.address import PacsAddress

_VERIFY: dict[int, tuple[str, str]] = {
    3: ("tls_no_revocation_list", "no revocation list of its issuer is in our file of trusted authorities; add it"),
    9: ("tls_not_yet_valid", "its certificate is not valid yet; check the clock of this computer"),
    10: ("tls_expired", "its certificate has expired; its administrator must renew it"),
    12: ("tls_revocation_list_old", "the revocation list of its issuer is out of date; put a new one into the ca file"),
    18: ("tls_self_signed", "its certificate is self-signed and not one that we trust; put it into the ca file if its "
         "administrator confirms its fingerprint"),
    23: ("tls_revoked", "its certificate was revoked; do not connect, and call its administrator"),
    62: ("tls_wrong_host", "its certificate is for another computer; check the host in the PACS address"),
    64: ("tls_wrong_host", "its certificate is for another computer; check the host in the PACS address"),
    66: ("tls_weak", "its certificate has a key that is too weak; its administrator must renew it"),
    68: ("tls_weak", "its certificate is signed in a way that is too weak; its administrator must renew it"),
}
_UNTRUSTED = ("tls_untrusted", "no authority that we trust vouches for it; check the ca file in the settings")

_OURS_REFUSED = {
    "ALERT_UNKNOWN_CA": "does not trust the issuer of our certificate",
    "ALERT_BAD_CERTIFICATE": "cannot use our certificate",
    "ALERT_UNSUPPORTED_CERTIFICATE": "cannot use our certificate",
    "ALERT_CERTIFICATE_UNKNOWN": "does not accept our certificate",
    "ALERT_CERTIFICATE_EXPIRED": "says that our certificate has expired",
    "ALERT_CERTIFICATE_REVOKED": "says that our certificate was revoked",
    "ALERT_DECRYPT_ERROR": "cannot use our certificate",
    "ALERT_ACCESS_DENIED": "does not allow our certificate",
}
_OLD = ("UNSUPPORTED_PROTOCOL", "ALERT_PROTOCOL_VERSION", "WRONG_SSL_VERSION")
_NO_CIPHER = ("ALERT_HANDSHAKE_FAILURE", "NO_SHARED_CIPHER", "ALERT_INSUFFICIENT_SECURITY")
_PLAIN = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG")
_WANTS_OURS = ("ALERT_CERTIFICATE_REQUIRED", "PEER_DID_NOT_RETURN_A_CERTIFICATE")


def why_no_tls(trouble: OSError, address: PacsAddress) -> PacsError:
    """The error for a hand-shake with a PACS that failed with `trouble`."""
    peer = f"{address.host}, port {address.port},"
    if isinstance(trouble, ssl.SSLCertVerificationError):
        code, why = _VERIFY.get(trouble.verify_code, _UNTRUSTED)
        return PacsNotSafe(code, f"No safe connection to {peer} could be made: {why}.")
    if isinstance(trouble, TimeoutError):
        return PacsStalled(
            "tls_stalled",
            f"{peer} took the connection but did not answer the TLS hand-shake; check that the port is the one for "
            "TLS, and tell the PACS administrator if it is.",
        )
    reason = _reason(trouble)
    if reason in _PLAIN:
        return PacsNotSafe(
            "tls_plain_peer",
            f"{peer} does not speak TLS; use the PACS's port for TLS, or dicom:// if its administrator wants it plain.",
        )
    return _refused_by_peer(reason, peer, address)


def _refused_by_peer(reason: str, peer: str, address: PacsAddress) -> PacsError:
    has_one = address.tls is not None and bool(address.tls.certificate)
    if reason in _WANTS_OURS or (reason in _NO_CIPHER and not has_one):
        return PacsNotSafe(
            "tls_certificate_wanted",
            f"{peer} refused the TLS hand-shake, most likely because it wants a certificate of this computer; name "
            "certificate and key in the [pacs.NAME.tls] part of the settings.",
        )
    if refusal := _OURS_REFUSED.get(reason):
        return PacsNotSafe(
            "tls_ours_refused",
            f"{peer} {refusal}; send the PACS administrator the connection card, with its fingerprint.",
        )
    if reason in _OLD:
        return PacsNotSafe(
            "tls_old",
            f"{peer} offers only versions of TLS that are no longer safe; its administrator must allow TLS 1.2 or 1.3.",
        )
    if reason in _NO_CIPHER:
        return PacsNotSafe(
            "tls_no_common_cipher",
            f"{peer} and this program have no safe cipher in common; its administrator must allow those of BCP 195.",
        )
    return PacsNotSafe(
        "tls_closed",
        f"{peer} closed the connection during the TLS hand-shake; most likely it does not speak TLS on this port.",
    )


def why_caller_refused(trouble: OSError | None) -> str:
    """What came of a call to our own port that never became a DICOM association, in one sentence."""
    reason = _reason(trouble)
    if trouble is None or isinstance(trouble, TimeoutError):
        return "It connected and said nothing that could be understood."
    if isinstance(trouble, ssl.SSLCertVerificationError):
        return f"Its certificate was not accepted: {_VERIFY.get(trouble.verify_code, _UNTRUSTED)[1]}."
    if reason in _OURS_REFUSED:
        return f"It {_OURS_REFUSED[reason]}; give its administrator the authority that issued ours."
    causes = {
        _WANTS_OURS: "It showed no certificate; its administrator must give it one that our ca file vouches for.",
        _OLD: "It offers only versions of TLS that are no longer safe; its administrator must allow TLS 1.2 or 1.3.",
        _NO_CIPHER: "It and this program have no safe cipher in common; its administrator must allow those of BCP 195.",
        _PLAIN: "It called without TLS; its administrator must switch TLS on for this destination.",
    }
    said = (words for reasons, words in causes.items() if reason in reasons)
    return next(said, "It ended the TLS hand-shake; most likely it does not trust our certificate.")


def _reason(trouble: OSError | None) -> str:
    """OpenSSL's name of what happened; alerts without the version of SSL that first had them (SSLV3_, TLSV13_)."""
    reason = str(getattr(trouble, "reason", "") or "")
    return reason[max(reason.find("ALERT_"), 0):]
