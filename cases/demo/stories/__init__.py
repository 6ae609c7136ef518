"""The five stories that Amends was made for, with their dates and amounts. Each is told once, here: the demo and the
acceptance tests play the same."""

from cases.demo.stories.alarm import Alarm
from cases.demo.stories.appointment import Appointment
from cases.demo.stories.chairs import Chairs
from cases.demo.stories.merchant import Merchant
from cases.demo.stories.parcel import Parcel

STORIES = (Parcel, Appointment, Merchant, Alarm, Chairs)

__all__ = ["STORIES", "Alarm", "Appointment", "Chairs", "Merchant", "Parcel"]
