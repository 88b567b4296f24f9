"""The parts of the site that are written when it is built.

``names`` finds the public names; ``reference``, ``examples``, ``supported`` and ``rules`` write
pages about them; ``notebooks`` runs pages of code, ``live`` and ``thumbnails`` make their pages to
step through and small pictures; ``versions`` lists the releases; ``extension`` registers all with
Sphinx. Those that write about names are plain Python, so that tests read them without Sphinx.
``links`` and ``look`` check the finished site.
"""
