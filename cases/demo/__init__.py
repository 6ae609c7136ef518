"""An invented organization with its people, customers and mistakes, played through the same actions as real work.

Limit: it fills an empty database (``load``) and gives the acceptance tests their stories (``stories``); nothing of the
product asks anything of it.
"""
