"""The peer of bench/one_click: a shop on django-oscar, set up as its own documentation says."""
