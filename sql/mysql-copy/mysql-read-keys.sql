--! Purpose: rows by their keys, to be written on another server
--! Rerun: safe, reads only
--! Needs: the table
--! Parameters: :keys
-- MySQL. Every value is read as a text that loses nothing.
select t.{{id:key}} as k
    /*each:columns*/
      /*when:integer*/ , t.{{id:column}}
      /*when:double*/ , t.{{id:column}} * 1e0
      /*when:datetime*/ , cast(t.{{id:column}} as datetime(6))
      /*when:utf8*/ , t.{{id:column}}
      /*when:text*/ , convert(t.{{id:column}} using utf8mb4)
      /*when:bytes*/ , hex(t.{{id:column}})
    /*end*/
from {{id:database}}.{{id:table}} t
where t.{{id:key}} in (:keys)
order by t.{{id:key}}
