"""Parses every file of sql/: in MySQL's dialect where its name says so, in ClickHouse's where its folder does, else in
Redshift's, without what only PostgreSQL has."""
import logging
import pathlib
import re
import sys

import sqlglot
from sqlglot import exp

# CALL is a Redshift command the parser keeps whole; that is no news.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

# Commands of Redshift the parser keeps as they are.
# https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html
WHOLE = re.compile(
    r"""(call "\w+"\.\w+\(|(refresh materialized view|lock|vacuum) "\w+"\.\w+;?$"""
    r"""|unload \('\w+'\)\s+to '\w+'\s+iam_role '\w+'\s+manifest verbose\s+"""
    r"""(format as csv|delimiter as '\|'\s+escape)\s+null as '@NULL@';?$)""",
    re.IGNORECASE,
)

# How Aurora MySQL exports: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Integrating.SaveIntoS3.html
EXPORT = re.compile(
    r"""into outfile s3 '\w+'\s+fields terminated by ',' optionally enclosed by '"'\s+"""
    r"""lines terminated by '\\n'\s+manifest on\s+overwrite (on|off)(?=;?$)"""
)

# Commands the dialect does not know, by the syntax of their pages:
# https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_FUNCTION.html
# https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_FUNCTION.html
UNKNOWN = re.compile(
    r"""(create external function "\w+"\."\w+"\(varchar\(65535\)(, varchar\(65535\))*\)\s+"""
    r"""returns varchar\(65535\)\s+stable\s+lambda '\w+'\s+iam_role '\w+'\s+retry_timeout \d+\s+"""
    r"""max_batch_rows '\w+'\s+max_batch_size '\w+' kb"""
    r"""|alter function "\w+"\."\w+"\(varchar(, varchar)*\)\s+rename to "\w+");?$"""
)

# Commands of MySQL the dialect keeps whole or does not know; tests run them on a server:
# https://dev.mysql.com/doc/refman/8.0/en/grant.html, …/show-grants.html, …/lock-tables.html
MYSQL_COMMAND = re.compile(
    r"""(grant [a-z]+(, [a-z]+)* on [`']\w+[`']\.\* to '1'@'1'"""
    r"""|show grants for '1'@'1'"""
    r"""|lock tables `\w+`\.`\w+` write);?$"""
)

# Commands of ClickHouse the dialect keeps whole or does not know; tests run them on the engine:
# https://clickhouse.com/docs/operations/backup, …/sql-reference/statements/drop
CLICKHOUSE_COMMAND = re.compile(
    r"""(backup database `\w+`(, database `\w+`)*\s+to (S3|Disk)\('\w+'(, '\w+')?\)\s+settings id = '\w+'\s+async"""
    r"""|restore (database|table) `\w+`(\.`\w+`)?( as `\w+`(\.`\w+`)?|(, database `\w+`)+)?\s+from (S3|Disk)\('\w+'(, '\w+')?\)\s+settings id = '\w+'(\s+async)?"""
    r"""|restore database `\w+` as `\w+`(, database `\w+` as `\w+`)+\s+from (S3|Disk)\('\w+'(, '\w+')?\)\s+settings id = '\w+', structure_only = true, allow_different_table_def = true, allow_different_database_def = true"""
    r"""|explain select \*\s+from `\w+`\.`\w+`\s+limit 1"""
    r"""|drop database if exists `\w+` sync\s+settings check_table_dependencies = 0"""
    r"""|drop (view|table|dictionary) if exists `\w+`\.`\w+`( on cluster `\w+`)? sync"""
    r"""|rename (database|table) `\w+`(\.`\w+`)? to `\w+`(\.`\w+`)?"""
    r"""|system reload dictionary `\w+`\.`\w+`);?$""",
)

# Node types a Redshift file must not contain, whatever the parser would accept.
DENIED = {
    exp.OnConflict: "on conflict",
    exp.Returning: "returning",
    exp.Filter: "filter (where …)",
    exp.Lateral: "lateral",
    exp.Array: "array literal",
}


def problems(path: pathlib.Path):
    text = path.read_text()
    body = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("--"))
    mysql = path.name.startswith("mysql-")
    clickhouse = path.parent.name == "aspects"
    dialect = "mysql" if mysql else "clickhouse" if clickhouse else "redshift"
    quote = "`" if mysql or clickhouse else '"'
    body = re.sub(r"\{\{id:(\w+)\}\}", rf"{quote}\1{quote}", body)
    body = body.replace("{{lit:subquery}}", "select 1 as one")
    body = re.sub(r"\{\{lit:(\w+)\}\}", r"'\1'", body)
    body = re.sub(r"(?<![:\w]):([a-z][a-z0-9_]*)", "'1'", body)
    if UNKNOWN.match(body.strip()) or (mysql and MYSQL_COMMAND.match(body.strip())):
        return []
    if clickhouse and CLICKHOUSE_COMMAND.match(body.strip()):
        return []
    if mysql:
        body = EXPORT.sub("", body.strip())
    try:
        statements = sqlglot.parse(body, read=dialect)
    except sqlglot.errors.ParseError as error:
        return [f"does not parse: {error}"]
    found = []
    if len([s for s in statements if s is not None]) != 1:
        found.append("holds more than one statement")
    for statement in statements:
        if isinstance(statement, exp.Command) and not WHOLE.match(body.strip()):
            found.append(f"is not understood by the dialect: {statement.sql()[:60]}")
        for node_type, name in DENIED.items():
            if statement is not None and statement.find(node_type):
                found.append(f"uses {name}")
    return found


files = sorted(pathlib.Path("sql").rglob("*.sql"))
failed = 0
for file in files:
    for problem in problems(file):
        failed += 1
        print(f"{file}: {problem}")
print(f"{len(files)} SQL files parsed in the dialect of their engine, {failed} problem(s)")
sys.exit(1 if failed or not files else 0)
