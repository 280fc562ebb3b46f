"""A caller's Idempotency-Key while its request is at work. Knows no HTTP: what stands for the answer is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from esign.domain.ids import AccountId, PackageId
from esign.ports import FirstAnswer, KeptAnswer, KeyUse


@dataclass(slots=True)
class Claim:
    """The write that is the effect takes the answer along, so that no crash can part them; `kept`: one did.

    `answer` is the one for an effect, without the ids of what was made.
    """

    account: AccountId
    key: str
    use: KeyUse
    answer: FirstAnswer
    kept: bool = False

    def of(self, package: PackageId, made: Sequence[str] = ()) -> KeptAnswer:
        answer = replace(self.answer, package=package, made=tuple(made))
        return KeptAnswer(self.account, self.key, replace(self.use, answer=answer))
