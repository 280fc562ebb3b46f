"""What a package, a document and a recipient are, and which moves are legal. Standard library only."""
