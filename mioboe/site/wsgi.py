import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mioboe.site.settings")
application = get_wsgi_application()
# What is loaded now stays for good: the garbage collector, which would walk all of it again and again while somebody waits for
# a page, is told so.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
