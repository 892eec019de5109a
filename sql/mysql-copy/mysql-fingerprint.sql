--! Purpose: how many rows a window of keys has, their size and their fingerprint
--! Rerun: safe, reads only
--! Needs: the table
--! Parameters: :after, :to, :strong
-- MySQL. The fingerprint is that of mysql-look-ahead.sql.
select count(*) as row_count,
       ifnull(sum(w.b), 0) as byte_count,
       bit_xor(w.c) as crc_xor,
       ifnull(sum(w.m), 0) as md5_sum
from (
  select t.{{id:key}} as k,
    8
    /*each:columns*/
      /*when:integer*/ + 8
      /*when:double*/ + 8
      /*when:datetime*/ + 8
      /*when:utf8,bytes*/ + ifnull(length(t.{{id:column}}), 0)
      /*when:text*/ + ifnull(length(t.{{id:column}}), 0)
    /*end*/ as b,
    crc32(concat_ws('#', t.{{id:key}}
    /*each:columns*/
      /*when:integer*/ , ifnull(t.{{id:column}}, 'N')
      /*when:double*/ , ifnull(t.{{id:column}} * 1e0, 'N')
      /*when:datetime*/ , ifnull(cast(t.{{id:column}} as datetime(6)), 'N')
      /*when:utf8,bytes*/ , ifnull(length(t.{{id:column}}), 'N'), ifnull(crc32(t.{{id:column}}), 'N')
      /*when:text*/ , ifnull(length(convert(t.{{id:column}} using utf8mb4)), 'N'), ifnull(crc32(convert(t.{{id:column}} using utf8mb4)), 'N')
    /*end*/
    )) as c,
    case when :strong = 1 then cast(conv(left(md5(concat_ws('#', t.{{id:key}}
    /*each:columns*/
      /*when:integer*/ , ifnull(t.{{id:column}}, 'N')
      /*when:double*/ , ifnull(t.{{id:column}} * 1e0, 'N')
      /*when:datetime*/ , ifnull(cast(t.{{id:column}} as datetime(6)), 'N')
      /*when:utf8,bytes*/ , ifnull(length(t.{{id:column}}), 'N'), ifnull(md5(t.{{id:column}}), 'N')
      /*when:text*/ , ifnull(length(convert(t.{{id:column}} using utf8mb4)), 'N'), ifnull(md5(convert(t.{{id:column}} using utf8mb4)), 'N')
    /*end*/
    )), 8), 16, 10) as unsigned) else 0 end as m
  from {{id:database}}.{{id:table}} t force index (primary)
  where t.{{id:key}} > :after
    and t.{{id:key}} <= :to
) w
