"""`data`: rows from files and into files, stored items checked, migrated and deleted."""

import click

from backend.cli import data_check, data_delete, data_export, data_import, data_migrate


@click.group("data")
def data() -> None:
    """Rows from files and into files, stored items checked, migrated and deleted."""


for command in (data_check.check, data_delete.delete, data_export.export, data_import.import_, data_migrate.migrate):
    data.add_command(command)
