"""What a worker of the web server loads."""

import gc

# A collection while modules are loaded finds nothing and costs a tenth of the start.
gc.disable()

from flask import Flask  # noqa: E402 - after the line above, which is the point

from backend import bus, create_app  # noqa: E402 - as above


def create_worker() -> Flask:
    """The application, with everything that stays for ever out of the collector's sight."""
    app = create_app()
    gc.freeze()
    gc.enable()
    bus.start(app)
    return app
