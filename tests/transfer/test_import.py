"""Rows from files: created, changed, left alone, removed – as any write, in one change set."""

import json

from tests.callers import Caller
from tests.transfer.files import PLAN, counts, errors, export, reasons, rows_of, send

FILE = "Number;Title;Costs;Shelf\nT-1;Teapot;24.90;4\nT-2;Tea cosy;12.00;4\nT-3;Strainer;3.20;9\n"
MAP = {"sku": "Number", "name": "Title", "price": "Costs"}


def test_the_plan_says_what_the_import_then_does(eli: Caller) -> None:
    before = export(eli)
    plan = send(eli, FILE, plan=True, map=MAP)
    assert (plan.status_code, counts(plan)) == (200, {"created": 3})
    assert plan.headers["Preference-Applied"] == "dry-run"
    assert plan.get_json()["meta"]["change_set"] is None
    assert plan.get_json()["meta"]["plan"]["counts"] == {"created": 3, "changed": 0, "deleted": 0}
    assert export(eli) == before
    done = send(eli, FILE, map=MAP)
    assert (done.status_code, counts(done)) == (200, {"created": 3})
    assert done.get_json()["meta"]["change_set"]


def test_columns_that_are_neither_mapped_nor_known_are_listed(eli: Caller) -> None:
    assert send(eli, FILE, plan=True, map=MAP).get_json()["meta"]["left_out"] == ["Shelf"]


def test_the_same_file_again_changes_nothing_and_makes_no_change_set(eli: Caller) -> None:
    send(eli, FILE, map=MAP)
    again = send(eli, FILE, map=MAP)
    assert counts(again) == {"unchanged": 3}
    assert again.get_json()["meta"]["change_set"] is None


def test_one_price_edited_in_the_file_is_the_one_change(eli: Caller) -> None:
    send(eli, FILE, map=MAP)
    plan = send(eli, FILE.replace("12.00", "12.50"), plan=True, map=MAP)
    assert counts(plan) == {"changed": 1, "unchanged": 2}
    (row,) = plan.get_json()["meta"]["plan"]["rows"]
    assert row["fields"] == [{"name": "price", "before": "12.00", "after": "12.50"}]


def test_values_are_compared_as_what_they_are_and_not_as_they_are_written(eli: Caller) -> None:
    send(eli, FILE, map=MAP)
    assert counts(send(eli, FILE.replace("12.00", "12"), plan=True, map=MAP)) == {"unchanged": 3}


def test_undo_leaves_what_was_before_byte_for_byte(ada: Caller) -> None:
    before = export(ada), export(ada, format_="json")
    done = send(ada, "sku,name,price\nPAP-009,Ledger,9.99\nNEW-1,New one,1\n", remove_missing="true")
    assert counts(done) == {"created": 1, "changed": 1, "removed": 21}
    undone = ada.post(f"/change_sets/{done.get_json()['meta']['change_set']}/_undo")
    assert undone.status_code == 200, undone.text
    assert (export(ada), export(ada, format_="json")) == before


def test_the_history_says_import_and_names_the_file(eli: Caller) -> None:
    made = send(eli, FILE, map=MAP, name="tea.csv").get_json()["meta"]["change_set"]
    told = eli.get(f"/change_sets/{made}").get_json()["data"]["attributes"]
    assert (told["source"], told["message"], told["counts"]["created"]) == ("import", "tea.csv", 3)


def test_a_list_of_objects_may_be_the_body(eli: Caller) -> None:
    rows = [{"sku": "J-1", "name": "Jug", "price": "8.00", "quantity": 3}, {"sku": "J-2", "name": "Jar", "price": 4}]
    assert counts(eli.post("/_import/products", rows)) == {"created": 2}
    assert counts(eli.post("/_import/products", rows)) == {"unchanged": 2}


def test_so_may_csv_with_the_options_in_the_address(eli: Caller) -> None:
    answer = eli.post(
        "/_import/products?skip_bad=1", data="sku,name,price\nC-1,Cup,2\nC-2,,2\n", content_type="text/csv"
    )
    assert counts(answer) == {"created": 1, "rejected": 1}


def test_an_empty_cell_is_none_and_a_default_where_the_column_has_one(eli: Caller) -> None:
    send(eli, "sku,name,price,description,quantity\nE-1,Egg cup,1,Blue,7\nE-2,Egg timer,1,,\n")
    found = {row["sku"]: row for row in json.loads(export(eli, format_="json"))}
    assert (found["E-2"]["description"], found["E-2"]["quantity"]) == (None, 0)
    assert counts(send(eli, "sku,description,quantity\nE-1,,\n")) == {"changed": 1}
    found = {row["sku"]: row for row in json.loads(export(eli, format_="json"))}
    assert (found["E-1"]["description"], found["E-1"]["quantity"]) == (None, 7)


def test_another_field_may_tell_the_rows_apart(ada: Caller) -> None:
    answer = send(ada, "name,price\nFloor lamp,120.00\n", key="name")
    assert counts(answer) == {"changed": 1}


def test_a_key_that_fits_several_rows_is_refused(ada: Caller) -> None:
    send(ada, "sku,name,price\nX-1,Twin,1\nX-2,Twin,2\n")
    answer = send(ada, "name,price\nTwin,3\n", key="name")
    assert errors(answer) == [(2, "name")]
    assert "tells them apart" in reasons(answer)[0]


def test_rows_missing_in_the_file_go_only_when_told(ada: Caller) -> None:
    text = "sku,name,price\nKIT-022,Water carafe,16.75\n"
    assert counts(send(ada, text, plan=True)) == {"unchanged": 1}
    removed = send(ada, text, remove_missing="yes")
    assert removed.get_json()["meta"]["removed"] == 21
    assert [row["sku"] for row in rows_of(export(ada))] == ["KIT-022"]


def test_nothing_is_removed_for_a_file_that_does_not_tell_of_every_row(ada: Caller) -> None:
    before = export(ada)
    for text in ("sku,name,price\n", "sku,name,price\n,Nameless,1\n", 'sku,name,price\nA-1,"open,1\n'):
        answer = send(ada, text, remove_missing="true", skip_bad="true")
        assert (answer.status_code, answer.get_json()["meta"]["removed"]) == (200, 0)
        assert "Nothing was removed" in " ".join(reasons(answer))
    assert export(ada) == before


def test_a_bad_row_is_not_taken_for_a_missing_one(ada: Caller) -> None:
    answer = send(ada, "sku,name,price\nKIT-022,Water carafe,-1\n", remove_missing="true", skip_bad="true")
    assert counts(answer) == {"removed": 21, "rejected": 1}
    assert [row["sku"] for row in rows_of(export(ada))] == ["KIT-022"]


def test_whoever_may_only_read_imports_nothing_and_nobody_is_asked_to_sign_in(vera: Caller, nobody: Caller) -> None:
    assert send(vera, FILE, map=MAP).status_code == 403
    assert send(vera, FILE, plan=True, map=MAP).status_code == 403
    assert send(nobody, FILE, map=MAP).status_code == 401


def test_the_key_of_another_account_is_free_and_its_rows_stay_unseen(eli: Caller, sam: Caller) -> None:
    send(eli, FILE, map=MAP)
    before = export(eli)
    assert counts(send(sam, FILE.replace("24.90", "99.00"), map=MAP)) == {"created": 3}
    assert export(eli) == before


def test_a_value_held_by_a_row_one_may_not_see_is_in_use(ada: Caller) -> None:
    answer = send(ada, "email,first_name\nSam@Other.example,Mine\n", to="users")
    assert (answer.status_code, errors(answer)) == (422, [(2, "email")])
    assert "already in use" in reasons(answer)[0]


def test_a_value_is_compared_as_the_model_keeps_it(ada: Caller) -> None:
    answer = send(ada, "email,first_name\nVERA@demo.example,Vera\n", to="users", plan=True)
    assert counts(answer) == {"unchanged": 1}


def test_a_second_unique_value_is_looked_up_as_well(ada: Caller) -> None:
    text = "email,username\nnew@demo.example,eli\nnewer@demo.example,same\nnewest@demo.example,same\n"
    answer = send(ada, text, to="users")
    assert errors(answer) == [(2, "username"), (4, "username")]


def test_a_superuser_who_sees_all_accounts_chooses_one_first(admin: Caller) -> None:
    answer = send(admin, FILE, map=MAP)
    assert (answer.status_code, answer.get_json()["errors"][0]["code"]) == (422, "no_account")
    chosen = admin.post(
        "/_import/products",
        [{"sku": "A-1", "name": "Anvil", "price": "80"}],
        headers={"Kontor-Account": "other", **PLAN},
    )
    assert counts(chosen) == {"created": 1}


def test_accounts_themselves_belong_to_nobody_and_need_no_choice(admin: Caller) -> None:
    text = "Symbol,Security\nAB,Abbot & Sons\nCD,Cedar\n"
    assert counts(send(admin, text, to="accounts", map={"name": "Security"})) == {"created": 2}
    assert counts(send(admin, text, to="accounts", map={"name": "Security"})) == {"unchanged": 2}


def test_what_is_never_made_by_hand_is_not_imported_either(ada: Caller) -> None:
    assert send(ada, "ip\n127.0.0.1\n", to="sessions").status_code == 404
