"""From a code to its probable cause and the next step: the one table, and which code of a package's story counts.

A code is that of `attention`, of `statusReason`, of a line of the timeline, or of `esign packages stuck`. Knows nothing of
how it is printed; `ACCOUNT PACKAGE` in a step is replaced by the package's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from esign.domain.status import CLOSED, PackageStatus


class Remedy(NamedTuple):
    """Two sentences for a person who has to get a contract going again."""

    cause: str
    step: str


_SHOW_AGAIN = "look again with `esign packages show ACCOUNT PACKAGE`"
_AGAIN = (
    f"The connector tries again by itself. To try now: `esign packages refresh ACCOUNT PACKAGE`, then {_SHOW_AGAIN}."
)
_SEND_AGAIN = "Nothing was sent and the package is a draft again: Coupa may send it once more"
_RESOLVE = (
    "Look for the envelope at the provider, then say `esign packages resolve ACCOUNT PACKAGE --reference R`, or "
    "`--not-sent` where there is none."
)
_CREDENTIALS = (
    "Give the new ones with `esign accounts credentials ACCOUNT`, and prove them with `esign accounts verify ACCOUNT`."
)
_SWEEP = (
    "Look at the executions and errors of sweep-packages and refresh-package, and at the account's budget of calls."
)
_ENDPOINT = (
    "Have Coupa's callback URL and its credentials checked; undelivered notifications stay in order and follow by the "
    "schedule. `esign notifications replay` brings those that were given up."
)

REMEDIES: Mapping[str, Remedy] = {
    # attention (contracts/coupa.md §2)
    "outcome_unknown": Remedy("The provider's reply to Send was lost, and it cannot be asked what became of it.", _RESOLVE),
    "unknown_provider_status": Remedy(
        "The provider shows a status that this version does not know.",
        "See in the provider's portal what it means, have the mapping extended, and say "
        "`esign packages refresh ACCOUNT PACKAGE` afterwards.",
    ),
    "stuck": Remedy(
        "Nobody has finished the package for longer than any poll plan waits.",
        "Ask the signers, have Coupa withdraw the package, or `esign packages refresh ACCOUNT PACKAGE` to look once more.",
    ),
    "evidence_rejected": Remedy(
        "What the provider delivered is not what a signed contract needs.",
        "Look at the files; then `esign packages recollect ACCOUNT PACKAGE` to fetch them anew, or "
        "`esign packages accept ACCOUNT PACKAGE` if they will do.",
    ),
    "credentials_refused": Remedy("The account's credentials at the provider have expired or were changed.", _CREDENTIALS),
    "delivery_disabled": Remedy(
        "Coupa's endpoint answered 410 Gone, so nobody calls it any more.",
        "Have Coupa configure the callback anew, then replay what it missed with `esign notifications replay`.",
    ),
    "signers_skipped": Remedy(
        "The provider finished the package without everybody who was asked, and Coupa had skipped nobody.",
        "If what is there will do: `esign packages accept ACCOUNT PACKAGE`.",
    ),
    "changed_after_end": Remedy(
        "The provider reopened or finished the package after it had expired.",
        "If it is to go on: `esign packages accept ACCOUNT PACKAGE`.",
    ),
    # errors of a provider (esign.domain.errors)
    "provider_error": Remedy("The provider did not do what it was asked.", _AGAIN),
    "provider_refused": Remedy(
        "The provider does not take the package as it is.", f"Mend what it complains about. {_SEND_AGAIN}."
    ),
    "provider_not_found": Remedy(
        "The provider does not know the envelope, or an account setting names something that is not there.",
        "Look for it in the provider's portal; check the account with `esign accounts show ACCOUNT`.",
    ),
    "provider_conflict": Remedy("The envelope's state at the provider does not allow it (yet).", _AGAIN),
    "provider_rate_limited": Remedy(
        "The provider allows fewer calls than were made.",
        f"{_AGAIN} If it lasts, lower the account's calls per minute.",
    ),
    "rate_limited": Remedy("The account has used up its calls to the provider for the moment.", _AGAIN),
    "provider_unavailable": Remedy("The provider is down, or cannot be reached from here.", _AGAIN),
    "provider_contract_broken": Remedy(
        "The provider answers something that its documentation does not allow; it may have changed.",
        f"{_AGAIN} If it lasts, report it with this story.",
    ),
    "send_not_arrived": Remedy("The submission was interrupted before the provider had the package.", f"{_SEND_AGAIN}."),
    "withdrawal_refused": Remedy(
        "The provider does not let a package in this state be withdrawn.",
        "See in the provider's portal why; once it may be, Coupa deletes the package again.",
    ),
    "withdrawal_pending": Remedy(
        "Coupa withdrew the package while it was being sent or the provider was down; the workflow does it.", _AGAIN
    ),
    # notifications to Coupa
    "retry": Remedy("Coupa's endpoint did not take the last notification; it is tried again by the schedule.", _ENDPOINT),
    "rejected": Remedy("Coupa's endpoint refuses the notification for good.", _ENDPOINT),
    "gone": Remedy("Coupa's endpoint answered 410 Gone.", _ENDPOINT),
    "notification_dead_letter": Remedy("A notification was given up after all its tries.", _ENDPOINT),
    # `esign packages stuck`
    "send_overdue": Remedy("A submission was left in the middle, and the sweep has not taken it up.", _SWEEP),
    "read_overdue": Remedy("The provider should have been read by now, and was not.", _SWEEP),
    "delivery_overdue": Remedy("Notifications to Coupa should have been tried by now, and were not.", _SWEEP),
}  # fmt: skip

View = Mapping[str, Any]


def diagnosis(view: View) -> dict[str, str] | None:
    """Of a package as `views.package` shows it: {code, cause, nextStep}; None: all is as it should be."""
    code = _code(view)
    if code is None:
        return None
    # What noted the attention knew more than the table: which person, which file.
    step = view.get("attention", {}).get("nextStep") or _own(_step(code, view), view)
    return remedy(code) | {"nextStep": step}


def remedy(code: str) -> dict[str, str]:
    """{code, cause, nextStep} of a code of the table, for any package."""
    found = REMEDIES[code]
    return {"code": code, "cause": found.cause, "nextStep": found.step}


def _code(view: View) -> str | None:
    """Attention first, then why the status is what it is, then how the last of its kind in the story ended."""
    attention = view.get("attention", {}).get("code")
    if attention in REMEDIES:
        return str(attention)
    story: Sequence[View] = view["timeline"]
    ended = _last(story, {"notification"})
    if PackageStatus(view["status"]) in CLOSED:
        return ended
    reason = str(view.get("statusReason", "")).partition(":")[0]
    return (reason if reason in REMEDIES else None) or _last(story, {"decision", "provider_call"}) or ended


def _last(story: Sequence[View], kinds: set[str]) -> str | None:
    line = next((line for line in reversed(story) if line["kind"] in kinds), {})
    return code if (code := line.get("code")) in REMEDIES else None


def _step(code: str, view: View) -> str:
    """Nobody sends a draft again but Coupa; what has been sent the connector goes on with by itself."""
    step = REMEDIES[code].step
    return step.replace(_AGAIN, f"{_SEND_AGAIN}.") if view["status"] == PackageStatus.DRAFT else step


def _own(step: str, view: View) -> str:
    return step.replace("ACCOUNT PACKAGE", f"{view['account']} {view['id']}").replace("ACCOUNT", view["account"])
