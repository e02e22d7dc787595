"""Signatures that are genuine, by somebody who had no right to sign: both verifiers see them."""
from __future__ import annotations

from pathlib import Path

import pytest
from signed_visits import filled_visit
from tampering import check_export

from injection_log.acts import log_export, people, signing
from injection_log.acts.writing import draft_of
from injection_log.people.roles import Role
from injection_log.record.reading import gland_subject
from injection_log.site import Session, Site, log_in
from injection_log.store.batch import Batch
from injection_log.verify import verify

SUBJECT = gland_subject("SMG-07", "injection", "right")


@pytest.mark.parametrize("user", ["monitor", "manager", "operator"])
def test_a_signature_by_who_may_not_sign_is_seen_by_both_verifiers(
    site: Site, injector: Session, tmp_path: Path, user: str
) -> None:
    record, signer = filled_visit(injector), log_in(site, user, f"practice-{user}")
    rendering = signing.render(signer, record, "right")
    said = signing.signature_value(
        signer, signing.Proof(user, f"practice-{user}"), (SUBJECT, signing.MEANINGS["performed"], rendering)
    )
    if signer.account.role == Role.OPERATOR:
        people.close_account(log_in(site, "admin", "practice-admin"), user, "left the site today")
    draft = draft_of(signer, "GlandSigned", SUBJECT, {"state": "signed", "signature": said})
    site.ledger.append_batch(Batch(signer.actor, (draft,), site.protocol.sha256, checkpoint=True))
    log_export.export_log(log_in(site, "investigator", "practice-investigator"), tmp_path / "out")
    wrong = verify(site.home).first_wrong
    assert wrong is not None
    assert (wrong.what, "no right to sign" in wrong.why) == ("signature", True)
    assert check_export(tmp_path / "out") == f"{wrong.sequence} signature"
