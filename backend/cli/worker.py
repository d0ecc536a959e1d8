"""What a worker of the web server loads."""

import gc

from flask import Flask

from backend import bus, create_app


def create_worker() -> Flask:
    """The application, with everything that stays for ever out of the collector's sight."""
    # A collection while modules are loaded finds nothing and costs a tenth of the start.
    gc.disable()
    try:
        app = create_app()
        gc.freeze()
    finally:
        gc.enable()
    bus.start(app)
    return app
