"""The parts of the site that are written when it is built.

``names`` finds the public names; ``reference``, ``supported`` and ``rules`` write pages about
them; ``notebooks`` runs pages of code; ``extension`` registers them with Sphinx. All but the last
are plain Python, so that tests read them without Sphinx. ``links`` checks the finished site.
"""
