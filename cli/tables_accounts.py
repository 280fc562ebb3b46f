"""What `esign accounts` answers, as people see it: made of the same JSON that `--json` prints."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from cli.render import View, details, listed, moment, nested, yes_no


def accounts(view: View) -> Iterator[RenderableType]:
    if not view["accounts"]:
        yield "There are no accounts. `esign accounts add` makes the first."
        return
    yield listed(
        ("account", "name", "provider", "enabled", "created (UTC)", "provider last called (UTC)"),
        (
            (
                a["id"],
                a["name"],
                a["provider"],
                yes_no(a["enabled"]),
                moment(a, "createdAt"),
                moment(a, "lastProviderCallAt"),
            )
            for a in view["accounts"]
        ),
    )


def account(view: View) -> Iterator[RenderableType]:
    yield details(
        ("account", view["id"]),
        ("name", view["name"]),
        ("provider", view["provider"]),
        ("enabled", yes_no(view["enabled"])),
        ("created", moment(view, "createdAt")),
        *nested("setting", view.get("settings", {})),
        *(("secret", _age(secret)) for secret in view["secrets"]),
        *_webhook(view["webhookSecrets"]),
        ("Coupa's callback", callback_text(view.get("callback"))),
        ("provider's callback", f"{view['providerCallback']['registration']} registration"),
        ("to be registered there", view["providerCallback"].get("url")),
        ("provider last called", moment(view, "lastProviderCallAt") or "never"),
        ("source hosts", ", ".join(view["sourceHosts"]) or "none"),
        ("evidence", view["evidence"]),
        *nested("retention", view.get("retention", {})),
        *nested("forgetting", view.get("forgetting", {})),
        ("on hold", yes_no(view.get("hold", False))),
        ("calls per minute", view.get("callsPerMinute") or "the provider's own limit"),
    )


def new_account(view: View) -> Iterator[RenderableType]:
    yield details(
        ("account", view["account"]["id"]),
        ("secret", view["secret"]),
        ("webhook secret", view["webhookSecret"]),
        ("provider", view.get("identity") or "not asked (--no-verify)"),
        *_remarks(view),
    )
    yield Text("Both secrets are shown this once. The account is the Basic user name, the secret its password.", "bold")


def new_callback(view: View) -> Iterator[RenderableType]:
    yield details(("account", view["account"]), ("to be registered", view["providerCallback"]["url"]))
    yield Text("Register it at the provider. The address before this one works until the next is made.", "bold")


def verified(view: View) -> Iterator[RenderableType]:
    yield details(("account", view["account"]), ("provider", view["identity"]), *_remarks(view))
    yield Text("The provider accepts the account's credentials.", "green")


def rotated(view: View) -> Iterator[RenderableType]:
    yield details(("account", view["account"]), ("secret", view["secret"]), *_former(view))
    yield Text("The new secret is shown this once. Give it to Coupa before the one before ends.", "bold")


def rotation_ended(view: View) -> Iterator[RenderableType]:
    yield details(("account", view["account"]), ("secret", _age(view["secrets"][0])))
    yield "Only the newest secret works, within a minute."


def webhook_rotated(view: View) -> Iterator[RenderableType]:
    _, *before = view["webhookSecrets"]
    yield details(
        ("account", view["account"]),
        ("webhook secret", view["webhookSecret"]),
        *(("webhook secret before", _webhook_age(one)) for one in before),
    )
    yield Text(
        "The new secret is shown this once. Within five minutes notifications are signed by both; let Coupa know the new "
        "one before the one before ends.",
        "bold",
    )


def webhook_rotation_ended(view: View) -> Iterator[RenderableType]:
    yield details(("account", view["account"]), *_webhook(view["webhookSecrets"]))
    yield "Within five minutes only the newest secret signs notifications."


def switched(view: View) -> Iterator[RenderableType]:
    if view["enabled"]:
        yield f"{view['account']} is enabled: Coupa's calls are taken."
    else:
        yield f"{view['account']} is disabled: within a minute Coupa's calls are refused. What is under way goes on."


def removed(view: View) -> Iterator[RenderableType]:
    yield f"{view['account']} is removed, and its secrets with it. For 30 days AWS can restore those."


def credentials(view: View) -> Iterator[RenderableType]:
    yield details(
        ("account", view["account"]),
        ("replaced", ", ".join(view["replaced"])),
        ("provider", view.get("identity") or "not asked (--no-verify)"),
        *_remarks(view),
    )
    yield "Running functions read them within five minutes, or when the provider refuses those they have."


def settings(view: View) -> Iterator[RenderableType]:
    yield details(
        ("account", view["account"]),
        *nested("setting", view["settings"]),
        ("version", view["settingsVersion"]),
        ("provider", view.get("identity") or "not asked (--no-verify)"),
        *_remarks(view),
    )


def doors(view: View) -> Iterator[RenderableType]:
    yield listed(("door", "provider"), ((one["door"], one["provider"]) for one in view["doors"]))
    yield "`esign accounts template DOOR` writes the settings' file, with --credentials the other one."


def _former(view: View) -> Iterator[tuple[str, object]]:
    return (("secret before", _age(secret)) for secret in view["secrets"][1:])


def _remarks(view: View) -> Iterator[tuple[str, str]]:
    return (("remark", remark) for remark in view.get("remarks", ()))


def _webhook(secrets: list[View]) -> Iterator[tuple[str, object]]:
    if not secrets:
        yield "webhook secret", "none: notifications are not signed"
    yield from (("webhook secret", _webhook_age(one)) for one in secrets)


def _webhook_age(secret: View) -> str:
    age = f"{secret['ageDays']} days old" if "ageDays" in secret else "of unknown age"
    ends = moment(secret, "endsAt")
    return f"{age}, ends {ends}" if ends else age


def _age(secret: View) -> str:
    used, ends = moment(secret, "lastUsedAt"), moment(secret, "endsAt")
    told = (
        f"{secret['ageDays']} days old",
        f"last used {used}" if used else "never used",
        f"ends {ends}" if ends else "",
    )
    return ", ".join(filter(None, told))


def callback_text(view: View | None) -> str:
    if view is None:
        return "none"
    if "disabledAt" in view:
        return f"{view['url']} (disabled {moment(view, 'disabledAt')}: {view.get('reason', 'no reason told')})"
    return f"{view['url']} ({', '.join(view.get('events', ())) or 'all events'})"
