--! Purpose: write the rows of a query to files in S3 as delimited text, with a manifest that counts them
--! Rerun: safe, every attempt writes under a prefix of its own
--! Needs: a role of the warehouse that may list the bucket and write to it
--! Parameters: none

-- UNLOAD takes no parameters. NULL is a word, because the default is an empty field.
unload ({{lit:query}})
to {{lit:to}}
iam_role {{lit:role}}
manifest verbose
delimiter as '|'
escape
null as '@NULL@';
