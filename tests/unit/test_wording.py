from __future__ import annotations

import pytest

from esign.domain.wording import many


@pytest.mark.parametrize(("number", "said"), [(0, "0 documents"), (1, "1 document"), (2, "2 documents")])
def test_a_number_and_its_noun_agree(number, said):
    assert many(number, "document") == said
