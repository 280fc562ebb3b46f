"""What every simulator of a signing service needs to really sign: a test CA and its signatures, and the reading of PDFs."""
