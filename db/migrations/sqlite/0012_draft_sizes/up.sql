-- How much a draft holds with all it was before, so that what one maker has can be bounded without
-- reading it. The same column exists for PostgreSQL.
ALTER TABLE drafts ADD COLUMN bytes BIGINT NOT NULL DEFAULT 0;
UPDATE drafts SET bytes = coalesce((
  SELECT sum(octet_length(content)) FROM draft_revisions WHERE draft_id = drafts.id
), 0);
DROP INDEX drafts_maker;
CREATE INDEX drafts_maker ON drafts (made_by, bytes);
