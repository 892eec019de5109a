"""Parses every file of sql/ in Redshift's dialect, and refuses what only PostgreSQL has."""
import logging
import pathlib
import re
import sys

import sqlglot
from sqlglot import exp

# CALL is a Redshift command the parser keeps whole; that is no news.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

# Commands of Redshift the parser keeps as they are.
WHOLE = re.compile(r'(call "\w+"\.\w+\(|refresh materialized view "\w+"\.\w+;?$)', re.IGNORECASE)

# Commands the dialect does not know, by the syntax of their pages:
# https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_FUNCTION.html
# https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_FUNCTION.html
UNKNOWN = re.compile(
    r"""(create external function "\w+"\."\w+"\(varchar\(65535\)(, varchar\(65535\))*\)\s+"""
    r"""returns varchar\(65535\)\s+stable\s+lambda '\w+'\s+iam_role '\w+'\s+retry_timeout \d+\s+"""
    r"""max_batch_rows '\w+'\s+max_batch_size '\w+' kb"""
    r"""|alter function "\w+"\."\w+"\(varchar(, varchar)*\)\s+rename to "\w+");?$"""
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
    body = re.sub(r"\{\{id:(\w+)\}\}", r'"\1"', body)
    body = re.sub(r"\{\{lit:(\w+)\}\}", r"'\1'", body)
    body = re.sub(r"(?<![:\w]):([a-z][a-z0-9_]*)", "'1'", body)
    if UNKNOWN.match(body.strip()):
        return []
    try:
        statements = sqlglot.parse(body, read="redshift")
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
print(f"{len(files)} SQL files parsed in Redshift's dialect, {failed} problem(s)")
sys.exit(1 if failed or not files else 0)
