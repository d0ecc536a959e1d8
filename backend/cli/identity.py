"""`identity …`: users from the command line."""

import click
