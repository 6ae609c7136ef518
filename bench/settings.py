"""The site's settings as the benchmark runs them: the same, with the bare twins beside the product's addresses.

Middleware, template engine and database are the product's own. The cache and the queue have names of their own,
because Redis is shared with whatever else runs here.
"""

import os
from pathlib import Path

from recovery.settings import *  # noqa: F403
from recovery.settings import CACHES, TEMPLATES

ROOT_URLCONF = "bench.twins"
TEMPLATES[0]["DIRS"] = [*TEMPLATES[0]["DIRS"], Path(__file__).parent / "templates"]  # type: ignore[misc]
CACHES["default"]["KEY_PREFIX"] = os.environ["AMENDS_BENCH"]
CELERY_TASK_DEFAULT_QUEUE = os.environ["AMENDS_BENCH"]
