DROP TABLE draft_makers;
DROP TABLE draft_revisions;
DROP TABLE draft_organisations;
DROP TABLE drafts;
