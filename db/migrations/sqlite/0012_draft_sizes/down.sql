DROP INDEX drafts_maker;
CREATE INDEX drafts_maker ON drafts (made_by);
ALTER TABLE drafts DROP COLUMN bytes;
