grant select on all tables in schema {{app}} to clickstream_bi_ab12cd34;
