"""Where people sign: neutral fields of a package resolved to boxes on real pages. No vendor is known here."""
