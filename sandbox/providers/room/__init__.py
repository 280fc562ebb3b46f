"""The page on which a person reads what they are to sign, and signs or declines. One look for all simulators.

Knows no vendor: each shows it at its own address, with its own documents, and does its own signing.
"""

from sandbox.providers.room.page import Room, Seat, Sheet, closed, show
from sandbox.providers.room.sitting import Sitting, page_of

__all__ = ["Room", "Seat", "Sheet", "Sitting", "closed", "page_of", "show"]
