--! Purpose: whether a dictionary is loaded, and of how many keys
--! Rerun: safe, reads only
--! Needs: a dictionary that something has asked, because they load when they are
--! Parameters: :database, :name

select toString(status) as status,
       toString(element_count) as elements,
       substring(last_exception, 1, 300) as problem
from system.dictionaries
where database = :database
  and name = :name
