"""What the commands about keeping and removing show to people, made of the JSON that `--json` prints."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType

from cli.render import View, details, listed, yes_no
from esign.domain.wording import many

_WHY = {
    "open": "still open: its signers are needed",
    "hold": "on legal hold",
    "undelivered": "Coupa has not been told everything yet: try again later",
}


def held(view: View) -> Iterator[RenderableType]:
    yield f"{view['id']} is {'on hold: nothing of it will be removed' if view['hold'] else 'not on hold'}."


def rules(view: View) -> Iterator[RenderableType]:
    rule = view["forgetting"]
    days = rule.get("afterDays")
    yield details(
        ("account", view["id"]),
        ("on hold", yes_no(view["hold"])),
        ("what is personal", "stays" if days is None else f"goes {many(days, 'day')} after the end"),
        ("the provider's copy", "goes with it" if rule["providerCopy"] else "stays"),
        ("evidence", "goes when its lock has ended" if rule["evidence"] else "stays"),
        ("packages looked at anew", view["lookedAt"]),
    )


def signatures(view: View) -> Iterator[RenderableType]:
    told = {True: "are expected", False: "are not expected", None: "are expected where the provider promises them"}
    yield f"Cryptographic signatures in signed PDFs of {view['account']} {told[view['expectSignatures']]}."


def receipt(view: View) -> Iterator[RenderableType]:
    yield details(
        ("account", view["account"]),
        ("person", f"SHA-256 {view['subject']}"),
        ("at", view["at"]),
        ("receipt", f"SHA-256 {view['digest']}"),
    )
    if not view["packages"]:
        yield "No package names this person."
        return
    yield listed(
        ("package", "status", "person", "staged documents removed", "evidence that stays", "provider's copy"),
        (
            (
                one["package"],
                one["status"],
                _WHY.get(one["kept_because"], "removed"),
                one["staged_documents"],
                _evidence(one["evidence"]),
                "there" if one["at_provider"] else "none",
            )
            for one in view["packages"]
        ),
    )


def _evidence(files: list[dict[str, str | None]]) -> str:
    locks = [lock for file in files if (lock := file["locked_until"])]
    if not files:
        return "none"
    return (
        f"{many(len(files), 'file')}, locked until {max(locks)[:10]}"
        if locks
        else f"{many(len(files), 'file')}, no lock"
    )
