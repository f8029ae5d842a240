DROP TABLE draft_revisions;
DROP TABLE draft_organisations;
DROP TABLE drafts;
