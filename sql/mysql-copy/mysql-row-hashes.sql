--! Purpose: length and hash of each value of some rows, by which they are compared and told of
--! Rerun: safe, reads only
--! Needs: the table
--! Parameters: :after, :to
-- MySQL. What learners wrote never leaves the database.
select t.{{id:key}} as k
    /*each:columns*/
      /*when:integer*/ , length(t.{{id:column}}), left(md5(t.{{id:column}}), 12)
      /*when:double*/ , length(t.{{id:column}} * 1e0), left(md5(t.{{id:column}} * 1e0), 12)
      /*when:datetime*/ , length(cast(t.{{id:column}} as datetime(6))), left(md5(cast(t.{{id:column}} as datetime(6))), 12)
      /*when:utf8,bytes*/ , length(t.{{id:column}}), left(md5(t.{{id:column}}), 12)
      /*when:text*/ , length(convert(t.{{id:column}} using utf8mb4)), left(md5(convert(t.{{id:column}} using utf8mb4)), 12)
    /*end*/
from {{id:database}}.{{id:table}} t
where t.{{id:key}} > :after
  and t.{{id:key}} <= :to
order by t.{{id:key}}
