"""A policy variable refuses what it does not mean: by name, saying what was given and allowed."""

from __future__ import annotations

import gc
import json
import re
from pathlib import Path

import duckdb
import pytest
import yaml
from dbt.cli.main import dbtRunner
from jinja2 import Environment

from arr_ledger.light_dbt import lighten

PROJECT = Path(__file__).resolve().parents[2]
DECLARED = yaml.safe_load((PROJECT / "vars.yml").read_text())["vars"]
INJECTION = "x'; drop table customers; --"

# variable, what is given, a part of what the message says is allowed
REFUSED = [
    ("use_sample_extracts", "yes", "true or false"),
    ("use_sample_extracts", 1, "true or false"),
    ("billing_systems", "stripe", "a list of stripe, custom_billing"),
    ("billing_systems", [], "and at least one"),
    ("billing_systems", ["stripe", "stripe"], "each at most once"),
    ("billing_systems", ["paypal"], "a list of stripe, custom_billing"),
    ("billing_systems", {"stripe": True}, "a list of stripe, custom_billing"),
    ("billing_systems", [["stripe"]], "a list of stripe, custom_billing"),
    ("crm_systems", ["hubspots"], "salesforce"),
    ("health_systems", "custom_health", "a list of custom_health"),
    ("health_systems", ["gainsight"], "a list of custom_health"),
    ("owner_names", "all", "one of shown, hidden"),
    ("health_bands", {"score": [40, 70]}, "under each of score, adoption, nps"),
    (
        "health_bands",
        {"score": [70, 40], "adoption": [0, 1], "nps": [0, 1]},
        "the first the smaller",
    ),
    ("health_bands", {"score": [40], "adoption": [0, 1], "nps": [0, 1]}, "two whole numbers"),
    ("health_bands", {"score": [0, INJECTION], "adoption": [0, 1], "nps": [0, 1]}, "whole numbers"),
    ("health_bands", {"score": [0, 101], "adoption": [0, 1], "nps": [0, 1]}, "from -100 to 100"),
    ("health_lead_months", -1, "a whole number from 0 to 24"),
    ("health_lead_months", "3", "a whole number from 0 to 24"),
    ("health_valid_months", 0, "a whole number from 1 to 60"),
    ("optional_extracts", ["invoices"], "closings, post_sale_expenses"),
    ("modules", ["growth"], "a mapping of modules (crm, renewals"),
    ("modules", {"core": False}, "a mapping of modules (crm, renewals"),
    ("modules", {"growth": "off"}, "to true or false"),
    ("as_of_date", "2025-02-29", "YYYY-MM-DD"),
    ("as_of_date", "20250228", "YYYY-MM-DD"),
    ("as_of_date", "1989-12-31", "from 1990-01-01 to 2100-12-31"),
    ("as_of_date", "2025-06-30\n", "YYYY-MM-DD"),
    ("as_of_date", "2025-06-30' as date) --", "YYYY-MM-DD"),
    ("sample_as_of_date", "soon", "YYYY-MM-DD"),
    ("reporting_timezone", "Mars/Olympus_Mons", "America/New_York"),
    ("reporting_timezone", INJECTION, "America/New_York"),
    ("stripe_free_time_of_payers_counts", "yes", "true or false"),
    ("reporting_currency", "usd", "three capital letters"),
    ("reporting_currency", "USD'", "three capital letters"),
    ("reporting_currency", 840, "three capital letters"),
    ("fx_mode", "plan rate", "plan_rate"),
    ("fx_mode", "spot", "plan_rate, month_end_rate"),
    ("fx_mode", INJECTION, "plan_rate, month_end_rate"),
    ("hierarchy_mode", INJECTION, "re_presented, as_was"),
    ("charge_types_in_arr", ["one_time"], "a list of recurring, usage, trial"),
    ("charge_types_in_arr", [INJECTION], "a list of recurring, usage, trial"),
    ("unusable_arr_limit_percent", 101, "a whole number from 0 to 100"),
    ("unusable_arr_limit_percent", INJECTION, "a whole number from 0 to 100"),
    ("history_start_date", "2024-01-15", "the first day of a month"),
    ("history_start_date", "2024-13-01", "YYYY-MM-DD"),
    ("history_start_date", INJECTION, "YYYY-MM-DD"),
    ("deleted_lines", "gone", "ended, never_existed"),
    ("custom_billing_end_date_is_inclusive", "false", "true or false"),
    ("stripe_statuses_without_arr", ["active"], "incomplete, incomplete_expired"),
    ("stripe_statuses_without_arr", [INJECTION], "incomplete, incomplete_expired"),
    ("stripe_pause_behaviors_without_arr", [INJECTION], "void, keep_as_draft"),
    ("stripe_crm_account_metadata_key", "crm'key", "letters, digits and underscores"),
    ("stripe_product_family_metadata_key", "$.family", "letters, digits and underscores"),
    ("stripe_plan_tier_metadata_key", "t" * 41, "1 to 40"),
    ("renewal_grace_days", -1, "a whole number from 0 to 366"),
    ("renewal_grace_days", 30.5, "a whole number from 0 to 366"),
    ("renewal_grace_days", "30", "a whole number from 0 to 366"),
    ("renewal_grace_days", True, "a whole number from 0 to 366"),
    ("early_renewal_report_days", 367, "a whole number from 0 to 366"),
    ("retention_windows", 12, "a list of whole numbers from 1 to 60, each"),
    ("retention_windows", [0, 12], "a list of whole numbers from 1 to 60, each"),
    ("retention_windows", [12.0], "a list of whole numbers from 1 to 60, each"),
    ("retention_windows", [True, 12], "a list of whole numbers from 1 to 60, each"),
    ("retention_windows", ["12"], "a list of whole numbers from 1 to 60, each"),
    ("fiscal_year_start_month", 0, "a whole number from 1 to 12"),
    ("fiscal_year_start_month", 13, "a whole number from 1 to 12"),
    ("min_base_logos", -1, "a whole number from 0"),
    ("segment_columns", "segment", "a list of column names"),
    ("segment_columns", ["Size"], "small letters, digits and underscores"),
    ("segment_columns", ["size", "size"], "at most once"),
    ("segment_columns", ["customer_id"], "a column that marts have already"),
    (
        "segment_columns",
        ["country", "order"],
        "a word of SQL or a column that marts have already, so not order",
    ),
    # a boolean beside the segment columns of a customer, and one that would stand twice in a mart
    ("segment_columns", ["is_listed"], "so not is_listed"),
    ("segment_columns", ["is_billed_by_stripe"], "so not is_billed_by_stripe"),
    ("segment_columns", [INJECTION], "a list of column names"),
    ("salesforce_fields", ["segment_c"], "a field of Salesforce"),
    ("salesforce_fields", {"country": "country_c"}, "for any of segment, industry, region"),
    ("salesforce_fields", {"segment": "Size__c"}, "in small letters"),
    ("salesforce_fields", {"segment": INJECTION}, "a field of Salesforce"),
    ("stripe_segment_metadata_keys", {"segment": INJECTION}, "a key of the metadata of customers"),
    ("stripe_segment_metadata_keys", {"size": "size"}, "for any of segment, industry, region"),
    ("key_accounts_per_book", 0, "a whole number from 1 to 1000"),
    ("opportunity_match_months", 13, "a whole number from 0 to 12"),
    ("opportunity_match_months", "1", "a whole number from 0 to 12"),
    ("renewal_opportunity_types", "Renewal", "a list of opportunity types"),
    ("renewal_opportunity_types", [INJECTION], "a list of opportunity types"),
    ("renewal_opportunity_types", [7], "a list of opportunity types"),
    ("renewal_rate_months", 0, "a whole number from 1 to 120"),
    ("renewal_rate_prior_terms", -1, "a whole number from 0"),
    ("forecast_category_percents", ["Forecast"], "a mapping of texts"),
    ("forecast_category_percents", {"Forecast": 101}, "percents from 0 to 100"),
    ("forecast_category_percents", {INJECTION: 50}, "a mapping of texts"),
    ("forecast_category_percents", {"Forecast": "95"}, "percents from 0 to 100"),
    ("forecast_category_percents", {"Forecast": True}, "percents from 0 to 100"),
    ("forecast_category_months", 13, "a whole number from 0 to 12"),
    ("renewal_opportunity_match_days", 367, "a whole number from 0 to 366"),
    ("projection_backtest_quarters", 41, "a whole number from 0 to 40"),
    ("target_ndr_percent", 1001, "a whole number from 0 to 1000"),
    ("target_ndr_percents_by_segment", {"SMB": -1}, "percents from 0 to 1000"),
    (
        "buyer_roles",
        ["Champion"],
        "lists of contact roles under user, technical, economic, champion",
    ),
    ("buyer_roles", {"champion": ["Champion"]}, "lists of contact roles under user"),
    (
        "buyer_roles",
        {"user": ["X"], "technical": [], "economic": [], "champion": ["x"]},
        "under one of them",
    ),
    (
        "buyer_roles",
        {"user": [INJECTION], "technical": [], "economic": [], "champion": []},
        "letters, digits, spaces",
    ),
    (
        "buyer_roles",
        {"user": "User", "technical": [], "economic": [], "champion": []},
        "lists of contact roles",
    ),
    ("sourcing_teams", ["CSM"], "for each of csm, account_management"),
    ("sourcing_teams", {"marketing": ["MKT"]}, "for each of csm, account_management"),
    ("sourcing_teams", {"csm": "CSM"}, "a list of texts"),
    ("sourcing_teams", {"csm": [INJECTION]}, "letters, digits, spaces"),
    ("sourcing_teams", {"csm": [7]}, "a list of texts"),
    ("sourcing_teams", {"csm": ["Team"], "sales": ["TEAM"]}, "in one list only"),
    ("professional_services_bonus_percent", -0.5, "a number from 0 to 100"),
    ("professional_services_bonus_percent", 100.5, "a number from 0 to 100"),
    ("professional_services_bonus_percent", 2.50001, "at most four decimals"),
    ("professional_services_bonus_percent", "2.5", "a number from 0 to 100"),
    ("professional_services_bonus_percent", True, "a number from 0 to 100"),
    ("whitespace_prior_customers", 0, "a whole number from 1 to 1000"),
    ("whitespace_families", 0, "a whole number from 1 to 1000"),
]

# what looks odd and is meant
ACCEPTED = {
    "optional_extracts": [],
    "modules": {"growth": False, "restatements": True},
    "crm_systems": [],
    "health_systems": [],
    "owner_names": "hidden",
    "health_bands": {"score": [0, 1], "adoption": [10, 100], "nps": [-100, 0]},
    "health_lead_months": 0,
    "as_of_date": "2024-02-29",
    "reporting_timezone": "Pacific/Kiritimati",
    "history_start_date": "1990-01-01",
    "renewal_grace_days": 0,
    "unusable_arr_limit_percent": 0,
    "retention_windows": [60],
    "stripe_pause_behaviors_without_arr": [],
    "segment_columns": ["sales_region_2"],
    "salesforce_fields": {"segment": "", "csm_owner_id": "success_manager_c"},
    "stripe_segment_metadata_keys": {"segment": "companySize"},
    "min_base_logos": 0,
    "opportunity_match_months": 0,
    "renewal_opportunity_types": ["Existing Business - Renewal", "Renewal"],
    "forecast_category_percents": {},
    "projection_backtest_quarters": 0,
    "target_ndr_percents_by_segment": {"Mid-Market": 107.5},
    "buyer_roles": {"user": [], "technical": [], "economic": [], "champion": ["C-Level"]},
    "sourcing_teams": {},
    "professional_services_bonus_percent": 2.0625,
}

# the macro that reads a variable has its name, apart from these
READERS = {
    "as_of_date": "as_of",
    "modules": "module_switches",
    "sample_as_of_date": "as_of",
    "history_start_date": "history_start_month_index",
}


class Project:
    """The project, parsed once; each question to it is one dbt command on a database in memory."""

    def __init__(self, folder: Path) -> None:
        self.options = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
        self.options += ["--target", "lint", "--target-path", str(folder / "target")]
        self.options += ["--log-path", str(folder / "logs")]
        lighten()
        parsed = dbtRunner().invoke(["--quiet", "parse", *self.options])
        assert parsed.success, parsed.exception
        self.manifest = parsed.result
        # it stays; the garbage collector would walk it again and again
        gc.freeze()

    def refusal(self, command: list[str], variables: dict) -> str:
        """What dbt says against the command; empty where it has no objection."""
        asked = [
            "--quiet",
            "--no-write-json",
            *command,
            *self.options,
            "--vars",
            json.dumps(variables),
        ]
        answer = dbtRunner(manifest=self.manifest).invoke(asked)
        if answer.success:
            return ""
        if answer.exception is not None:
            return str(answer.exception)
        return "\n".join(str(result.message) for result in answer.result.results)

    def refusal_of(self, variable: str, value: object) -> str:
        """What is said against the value before anything is built."""
        return self.refusal(["run-operation", "refuse_bad_variables"], {variable: value})


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("policy"))


@pytest.mark.parametrize(("variable", "value", "allowed"), REFUSED)
def test_a_value_that_means_nothing_is_refused_by_name(
    project: Project, variable: str, value: object, allowed: str
) -> None:
    message = project.refusal_of(variable, value)
    assert f"Variable {variable} is " in message
    assert allowed in message
    if isinstance(value, str):
        assert json.dumps(value)[1:-1].replace("'", "\\u0027") in message.replace("'", "\\u0027")


@pytest.mark.parametrize(("variable", "value"), ACCEPTED.items())
def test_a_value_at_the_edge_of_the_allowed_is_taken(
    project: Project, variable: str, value: object
) -> None:
    assert project.refusal_of(variable, value) == ""


def test_no_segment_column_is_called_what_a_query_cannot_name(project: Project) -> None:
    words = duckdb.sql(
        "select keyword_name from duckdb_keywords()"
        " where keyword_category in ('reserved', 'type_function')"
    ).fetchall()
    macro = project.manifest.macros["macro.arr_ledger.policy_columns"].macro_sql
    listed = set(re.findall(r"'(\w+)'", macro.split("set taken = [")[1].split("]")[0]))
    broken = set()
    for (word,) in words:
        try:
            duckdb.sql(
                f"select rows.{word}, max({word}) as {word} from (select 1 as {word}) as rows"
            )
        except duckdb.BinderException:
            # understood; a name beside a sum wants a group by
            continue
        except duckdb.Error:
            broken.add(word)
    assert len(broken) > 90
    assert broken - listed == set()


def test_every_variable_has_a_value_that_is_refused() -> None:
    assert {variable for variable, _, _ in REFUSED} == set(DECLARED)


def test_an_empty_variable_is_refused_where_nothing_stands_for_it(project: Project) -> None:
    assert "renewal_grace_days is not set" in project.refusal_of("renewal_grace_days", None)


def reader_of(variable: str) -> str:
    if variable.endswith("_metadata_key"):
        return "metadata_key"
    return READERS.get(variable, variable)


def test_every_variable_is_read_before_anything_is_built() -> None:
    macros = (PROJECT / "macros" / "policy" / "policy_variables.sql").read_text()
    started = macros.split("{% macro refuse_bad_variables() %}")[1].split("{% endmacro %}")[0]
    calls = {f"{reader_of(name)}('{name}')" for name in DECLARED if name.endswith("_metadata_key")}
    calls |= {f"{reader_of(name)}()" for name in DECLARED if not name.endswith("_metadata_key")}
    assert [call for call in sorted(calls) if f"arr_ledger.{call}" not in started] == []
    assert "refuse_bad_variables()" in (PROJECT / "dbt_project.yml").read_text()


@pytest.mark.parametrize("variable", DECLARED)
def test_the_macro_that_checks_a_variable_is_one_that_the_project_calls(variable: str) -> None:
    call = re.compile(rf"\b{reader_of(variable)}\(")
    folders = [PROJECT / "models", PROJECT / "macros"]
    lines = [line for folder in folders for path in folder.rglob("*.sql") for line in path.open()]
    assert [line for line in lines if call.search(line) and "{% macro" not in line]


def test_the_default_in_a_project_that_installs_this_one_is_that_of_vars_yml_without_the_sample(
    project: Project,
) -> None:
    macro = project.manifest.macros["macro.arr_ledger.policy_defaults"].macro_sql
    said: list[dict] = []
    Environment(extensions=["jinja2.ext.do"]).from_string(
        macro + "{% do policy_defaults() %}"
    ).render({"return": said.append})
    assert said == [{**DECLARED, "use_sample_extracts": False}]


def test_a_misspelt_name_is_refused_before_anything_is_built(project: Project) -> None:
    message = project.refusal(
        ["run", "--select", "int_calendar_months"], {"as_of_dat": "2025-06-30"}
    )
    assert '"as_of_dat", which is not a variable of arr_ledger' in message
    assert "as_of_date" in message


def test_every_declared_name_is_known(project: Project) -> None:
    assert project.refusal(["run-operation", "refuse_unknown_variables"], DECLARED) == ""


def test_a_bad_value_stops_the_compilation_of_a_model(project: Project) -> None:
    message = project.refusal(
        ["compile", "--select", "int_calendar_months"], {"as_of_date": "2025-02-30"}
    )
    assert "Variable as_of_date is" in message
    assert "int_calendar_months" in message
