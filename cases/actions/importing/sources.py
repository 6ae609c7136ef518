"""The kinds of file that can be imported, by the name that the command takes."""

from cases.actions.importing.cfpb import CFPB
from cases.actions.importing.exported import AMENDS

SOURCES = {source.name: source for source in (CFPB, AMENDS)}
