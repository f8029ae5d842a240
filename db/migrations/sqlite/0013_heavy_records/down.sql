DROP TABLE heavy_records;
