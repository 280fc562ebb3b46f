"""The deployed connector on the local cloud, as Coupa sees it. A package, so that its tests share one world."""
