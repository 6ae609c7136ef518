"""What we measure, against what: ``python -m bench``, explained in README.md. Nothing of the product imports it."""
