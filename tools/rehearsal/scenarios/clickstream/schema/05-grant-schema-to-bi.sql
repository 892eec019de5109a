grant usage on schema {{app}} to clickstream_bi_ab12cd34;
