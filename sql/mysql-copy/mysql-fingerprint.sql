--! Purpose: the next rows behind a key, at most so many: how many they are, where they end, their size and their fingerprint
--! Rerun: safe, reads only
--! Needs: the table
--! Parameters: :after, :hi, :limit, :strong
-- MySQL. A null and an empty text differ, as do texts that a collation takes for equal: what is hashed are
-- lengths and bytes in utf8mb4. Each text is hashed on its own, because one that is put together has a limit:
-- https://dev.mysql.com/doc/refman/8.0/en/server-system-variables.html#sysvar_max_allowed_packet
select count(*) as row_count,
       max(w.k) as last_key,
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
    and t.{{id:key}} <= :hi
  order by t.{{id:key}}
  limit :limit
) w
