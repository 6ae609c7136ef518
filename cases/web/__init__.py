"""Doors for people: pages, forms and the addresses that lead to them."""
