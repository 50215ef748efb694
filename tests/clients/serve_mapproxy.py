"""Serves a MapProxy configuration. Arguments: the file, the port. Its own development server leaves a process behind."""

import sys
from wsgiref.simple_server import make_server

from mapproxy.wsgiapp import make_wsgi_app

make_server("127.0.0.1", int(sys.argv[2]), make_wsgi_app(sys.argv[1])).serve_forever()
