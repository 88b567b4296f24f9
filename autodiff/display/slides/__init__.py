"""A computation step by step for slides: animated SVG, a series of SVGs, TikZ."""
