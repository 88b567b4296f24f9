"""How long hypothesis searches: HYPOTHESIS_PROFILE=thorough looks twenty times longer.

Everyday runs look at new examples each time. On a continuous-integration machine the examples are
the same ones each time, so that a change passes or fails by what it changes.
"""

import os

from hypothesis import settings

in_ci = bool(os.environ.get("CI"))
settings.register_profile("default", deadline=None, print_blob=True, derandomize=in_ci)
settings.register_profile("thorough", deadline=None, print_blob=True, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
