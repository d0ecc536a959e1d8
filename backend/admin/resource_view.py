"""The bridge: one class from a resource to its pages; every door leads to core."""

from flask_admin import expose
from flask_admin.model import BaseModelView

from backend.admin import (
    acting,
    acting_on_many,
    bulk,
    checking,
    columns,
    deleting,
    edge,
    edit_rows,
    exporting,
    files,
    filter_form,
    import_planning,
    importing,
    item,
    listing,
    lookups,
    markdown,
    rows,
    saved_views,
    saving,
    then,
    trash,
)
from backend.admin.addresses import ROW
from backend.admin.edge import Answer
from backend.core.entry import Entry
from backend.core.errors import not_found
from backend.core.tenancy import current_actor

READ_AND_SEND = ("GET", "POST")


class ResourceView(edge.SignedIn, BaseModelView):
    """The pages of one resource at the addresses of the contract; Flask-Admin routes, nothing of it is shown."""

    # The stock doors commit by themselves and answer without asking the rights: they are closed.
    ajax_update = ajax_lookup = export = action_view = details_view = None

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        super().__init__(
            entry.model, name=entry.label, category=entry.resource.group, endpoint=f"admin_{entry.key}", url=entry.key
        )

    def _refresh_cache(self) -> None:
        """Nothing to work out: columns, forms and filters come from the declaration."""

    def init_actions(self) -> None:
        """Actions come from the declaration as well."""

    @expose("/")
    def index_view(self) -> Answer:
        return then.typed(current_actor()) or listing.list_page(self.entry, current_actor())

    @expose("/new", methods=READ_AND_SEND)
    def create_view(self) -> Answer:
        self._offers("create")
        return saving.create(self.entry, current_actor())

    @expose(f"/{ROW}")
    def item_view(self, id_: int) -> Answer:
        return then.typed(current_actor()) or item.item_page(self.entry, current_actor(), id_)

    @expose(f"/{ROW}/menu")
    def menu_view(self, id_: int) -> Answer:
        return rows.menu(self.entry, current_actor(), id_)

    @expose(f"/{ROW}/cell/<field>", methods=READ_AND_SEND)
    def cell_view(self, id_: int, field: str) -> Answer:
        return rows.cell(self.entry, current_actor(), id_, field)

    @expose(f"/{ROW}/edit", methods=READ_AND_SEND)
    def edit_view(self, id_: int) -> Answer:
        self._offers("update")
        return saving.edit(self.entry, current_actor(), id_)

    @expose(f"/{ROW}/file/<field>")
    def file_view(self, id_: int, field: str) -> Answer:
        return files.content(self.entry, current_actor(), id_, field)

    @expose("/_check", methods=("POST",))
    def check_new_view(self) -> Answer:
        return checking.judge(self.entry, current_actor())

    @expose(f"/{ROW}/_check", methods=("POST",))
    def check_view(self, id_: int) -> Answer:
        return checking.judge(self.entry, current_actor(), id_)

    @expose("/_markdown", methods=("POST",))
    def markdown_view(self) -> Answer:
        return markdown.answer()

    @expose("/_lookup/<reference>")
    def lookup_view(self, reference: str) -> Answer:
        return lookups.answer(self.entry, current_actor(), reference)

    @expose("/rows", methods=READ_AND_SEND)
    def edit_rows_view(self) -> Answer:
        self._offers("update")
        return edit_rows.page(self.entry, current_actor())

    @expose(f"/{ROW}/delete", methods=READ_AND_SEND)
    def delete_view(self, id_: int) -> Answer:
        self._offers("delete")
        return deleting.delete(self.entry, current_actor(), id_)

    @expose(f"/{ROW}/actions/<action>", methods=READ_AND_SEND)
    def run_view(self, id_: int, action: str) -> Answer:
        return acting.act(self.entry, current_actor(), id_, action)

    @expose("/actions")
    def choose_view(self) -> Answer:
        return acting_on_many.choose(self.entry)

    @expose("/actions/<action>", methods=READ_AND_SEND)
    def run_on_many_view(self, action: str) -> Answer:
        return acting_on_many.act_on_many(self.entry, current_actor(), action)

    @expose("/many/<verb>", methods=READ_AND_SEND)
    def change_many_view(self, verb: str) -> Answer:
        actor = current_actor()
        return bulk.page(self.entry, actor, verb, lambda: acting_on_many.target_of(self.entry, actor))

    @expose("/import", methods=READ_AND_SEND)
    def import_view(self) -> Answer:
        self._offers("create")
        return importing.upload(self.entry, current_actor())

    @expose("/import/<token>", methods=READ_AND_SEND)
    def plan_import_view(self, token: str) -> Answer:
        self._offers("create")
        return importing.plan(self.entry, current_actor(), token)

    @expose("/import/<token>/plan")
    def planned_import_view(self, token: str) -> Answer:
        self._offers("create")
        return import_planning.page(self.entry, current_actor(), token)

    @expose("/import/<token>/result")
    def import_result_view(self, token: str) -> Answer:
        self._offers("create")
        return importing.result(self.entry, current_actor(), token)

    @expose("/import/<token>/rejects")
    def rejects_view(self, token: str) -> Answer:
        self._offers("create")
        return importing.rejects(self.entry, current_actor(), token)

    @expose("/trash")
    def trash_view(self) -> Answer:
        self._offers("delete")
        return trash.trash_page(self.entry, current_actor())

    @expose(f"/trash/{ROW}/restore", methods=READ_AND_SEND)
    def restore_view(self, id_: int) -> Answer:
        self._offers("delete")
        return trash.restore(self.entry, current_actor(), id_)

    @expose("/filter")
    def filter_view(self) -> Answer:
        return filter_form.fragment(self.entry, current_actor())

    @expose("/count")
    def count_view(self) -> Answer:
        return filter_form.count(self.entry, current_actor())

    @expose("/views", methods=READ_AND_SEND)
    def views_view(self) -> Answer:
        return saved_views.page(self.entry, current_actor())

    @expose("/columns", methods=READ_AND_SEND)
    def columns_view(self) -> Answer:
        return columns.page(self.entry, current_actor())

    @expose("/export.<form>")
    def export_view(self, form: str) -> Answer:
        return exporting.export(self.entry, current_actor(), form)

    def _offers(self, verb: str) -> None:
        """Raise NotFound where no door offers the verb."""
        if verb in self.entry.resource.without:
            raise not_found(self.entry.one, verb)
