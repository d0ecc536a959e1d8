"""Long files: begun from their plan, followed on a page one may leave, whole or told how far, taken back as one."""

import gc
import io
from pathlib import Path
from typing import Any

import pytest

from backend.admin import import_pages, importing
from backend.bus.worker import Worker
from backend.core.jobs import kinds
from backend.core.transfer import Import, long, planning, store
from tests.admin.reading import links, main
from tests.callers import Visitor
from tests.jobs.conftest import Workshop

IMPORT = "/admin/parts/import"
ROWS = 60
FILE = "code\n" + "".join(f"long{place:03}\n" for place in range(ROWS))
APPLY = {"column.code": "code", "_do": "apply"}


@pytest.fixture(autouse=True)
def _small(workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty rows are many, ten are a batch, and a batch has time for one step."""
    monkeypatch.setattr(workshop.app, "instance_path", str(tmp_path))
    monkeypatch.setattr(importing, "AT_ONCE", 20)
    monkeypatch.setattr(import_pages, "AT_ONCE", 20)
    monkeypatch.setattr(store, "BATCH", 10)
    monkeypatch.setattr(kinds, "BATCH_SECONDS", 0)
    monkeypatch.setattr(kinds.Work, "has_time", property(_once))


def _once(work: Any) -> bool:
    """One step a batch."""
    first = not getattr(work, "was_asked", False)
    work.was_asked = True
    return first


def sent(eli: Visitor, content: str) -> str:
    """A kept file; the address of its columns."""
    file = {"file": (io.BytesIO(content.encode()), "parts.csv")}
    return str(eli.submit(IMPORT, file, content_type="multipart/form-data").headers["Location"])


def planned(workshop: Workshop, eli: Visitor, content: str, **options: str) -> str:
    """A file with its plan; the address of both."""
    address = sent(eli, content)
    eli.submit(address, {**APPLY, **options, "_do": "plan"})
    workshop.work()
    assert eli.get(f"{address}/plan").status_code == 200
    return address


def begun(workshop: Workshop, eli: Visitor, content: str = FILE, **options: str) -> str:
    """The page of the job that imports the file."""
    done = eli.submit(planned(workshop, eli, content, **options), {**APPLY, **options})
    assert done.status_code == 303, main(done.text)
    return str(done.headers["Location"])


def steps(workshop: Workshop, number: int) -> Worker:
    """A worker that gives the job back after some batches."""
    worker, left = Worker(workshop.app), [number]

    def stop_in_time(*_told: Any) -> bool:
        left[0] -= 1
        return left[0] < 0

    worker._stopping.is_set = stop_in_time  # type: ignore[method-assign]  # noqa: SLF001 - as if told to stop then
    worker.run_one()
    return worker


def test_a_long_file_is_planned_beside_and_writes_nothing(workshop: Workshop) -> None:
    eli = workshop.visitor("eli")
    address = sent(eli, FILE)
    assert eli.get(f"{address}/plan").status_code == 404
    begun_ = eli.submit(address, {"column.code": "code", "_do": "plan", "_skip": "1"})
    assert begun_.headers["Location"] == f"{address}/plan"
    waits = eli.get(f"{address}/plan")
    assert ("begins in a moment" in main(waits.text), waits.headers["Refresh"]) == (True, "2")
    workshop.work()
    page = eli.get(f"{address}/plan")
    assert "60 created" in main(page.text)
    assert "Apply 60 changes" in main(page.text)
    assert "Create long000" in main(page.text)
    assert "Refresh" not in page.headers
    assert not workshop.counts("long")
    # What was chosen goes along when it is applied.
    assert 'name="column.code" value="code"' in page.text
    assert 'name="_skip" value="1"' in page.text
    job = links(eli.get("/admin/jobs/").text)["Plan for parts.csv: parts"]
    assert links(eli.get(job).text)["Go to the plan"] == f"{address}/plan"
    assert workshop.visitor("vera").get(f"{address}/plan").status_code == 404


def test_how_far_a_plan_has_come_is_told_while_it_is_worked_out(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    eli, seen, run = workshop.visitor("eli"), [], Import.steps
    address = sent(eli, FILE)
    eli.submit(address, {"column.code": "code", "_do": "plan"})

    def watched(*told: Any) -> Any:
        for step in run(*told):
            yield step
            (path,) = (Path(workshop.app.instance_path) / "uploads").glob("*.data")
            seen.append(planning.progress(str(path)))

    monkeypatch.setattr(Import, "steps", watched)
    workshop.work()
    assert seen == [(done, ROWS) for done in range(10, ROWS + 1, 10)]


def test_what_the_columns_lack_is_told_before_a_plan_is_begun(workshop: Workshop) -> None:
    eli = workshop.visitor("eli")
    answer = eli.submit(sent(eli, FILE), {"_do": "plan", "column.counted": "code"})
    assert answer.status_code == 422
    assert "There are no jobs." in main(eli.get("/admin/jobs/").text)


def test_a_plan_that_cannot_be_made_says_why(workshop: Workshop) -> None:
    eli = workshop.visitor("eli")
    address = sent(eli, FILE)
    eli.submit(address, {"column.code": "code", "_do": "plan"})
    for file in (Path(workshop.app.instance_path) / "uploads").glob("*.data"):
        file.unlink()
    workshop.work()
    page = eli.get(f"{address}/plan")
    assert "There is no plan. The file is no longer here" in main(page.text)
    assert "Refresh" not in page.headers


def test_a_long_file_goes_in_batch_by_batch_and_is_one_change(workshop: Workshop) -> None:
    eli = workshop.visitor("eli")
    job = begun(workshop, eli)
    assert job.startswith("/admin/jobs/")
    assert "The import has begun." in main(eli.get(job).text)
    assert not workshop.counts("long")
    steps(workshop, 2)
    page = eli.get(job)
    assert "30 of 60 done" in main(page.text)
    assert page.headers["Refresh"] == "2"
    assert len(workshop.counts("long")) == 30
    workshop.work()
    page = eli.get(job)
    assert "60 created" in main(page.text)
    assert "Go to parts" in links(page.text)
    assert "Refresh" not in page.headers
    assert len(workshop.counts("long")) == ROWS
    eli.submit(links(page.text)["Undo…"], {})
    assert not workshop.counts("long")


def test_what_an_interrupted_import_wrote_is_counted_once(workshop: Workshop) -> None:
    eli = workshop.visitor("eli")
    job = begun(workshop, eli)
    steps(workshop, 2)
    workshop.work()
    assert "60 created" in main(eli.get(job).text)
    assert "unchanged" not in main(eli.get(job).text)
    assert len(workshop.counts("long")) == ROWS


def test_a_cancelled_import_says_how_far_it_came_and_can_be_taken_back(workshop: Workshop) -> None:
    eli = workshop.visitor("eli")
    job = begun(workshop, eli)
    steps(workshop, 2)
    eli.submit(job, {}, at=f"{job}/cancel")
    workshop.work()
    page = eli.get(job).text
    assert "30 of 60 were done" in main(page)
    eli.submit(links(page)["Undo…"], {})
    assert not workshop.counts("long")


def opened(workshop: Workshop) -> list[str]:
    """The kept files that this process has open, by their endings."""
    found = [each for each in gc.get_objects() if isinstance(each, io.BufferedIOBase) and not each.closed]
    names = [Path(str(getattr(each, "name", ""))) for each in found]
    return sorted(name.suffix for name in names if name.is_relative_to(workshop.app.instance_path))


@pytest.mark.parametrize("said", ["Cancelled", "Failed"])
def test_the_files_of_an_import_are_closed_however_it_ends(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    eli, go_on, while_at_it = workshop.visitor("eli"), kinds.KINDS[long.IMPORT], list[list[str]]()
    job = begun(workshop, eli)

    def ended(work: Any) -> None:
        go_on(work)
        while_at_it.append(opened(workshop))
        if said == "Failed":
            raise RuntimeError
        eli.submit(job, {}, at=f"{job}/cancel")

    monkeypatch.setitem(kinds.KINDS, long.IMPORT, ended)
    workshop.work()
    assert while_at_it == [[".data", ".rejects"]]
    assert said in main(eli.get(job).text)
    assert not opened(workshop)


def test_a_worker_that_ends_in_the_middle_of_an_import_leaves_no_file_open(workshop: Workshop) -> None:
    begun(workshop, workshop.visitor("eli"))
    steps(workshop, 2)
    assert not opened(workshop)


def test_bad_rows_keep_a_long_file_out_unless_they_are_left_out_and_then_wait_as_a_file(workshop: Workshop) -> None:
    eli = workshop.visitor("eli")
    spoiled = f"{FILE}\nlong001\n"
    refused = eli.submit(planned(workshop, eli, spoiled), APPLY)
    assert refused.status_code == 422
    assert not workshop.counts("long")
    job = begun(workshop, eli, spoiled, _skip="1")
    workshop.work()
    page = eli.get(job).text
    assert "60 created" in main(page)
    assert "Some rows were left out." in main(page)
    assert b"long001" in eli.get(links(page)["Download them with the reasons"], buffered=True).data


def test_a_file_applied_twice_is_one_job(workshop: Workshop) -> None:
    eli = workshop.visitor("eli")
    address = planned(workshop, eli, FILE)
    first = eli.submit(address, APPLY).headers["Location"]
    assert eli.get(address).headers["Location"] == first
