"""Looks at the signatures of PDFs. The only importer of pyHanko, whose layer only one function has."""
