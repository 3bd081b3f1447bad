/**
 * The schema's history on MariaDB. What was released never changes; a new migration is added below. Expand first and leave `minReader`
 * alone; contract one release later and raise it (see the migrations of SQLite). MariaDB commits after each statement that defines
 * something, and several nodes may migrate at once, so each statement must do no harm when it runs again: IF NOT EXISTS, IF EXISTS.
 */
export interface Migration {
  readonly version: number
  /** The oldest version of the schema whose programs may still work on the database after this migration. */
  readonly minReader: number
  readonly statements: readonly string[]
}

// Compared byte by byte, blanks at the end included. Every table has a primary key, as Galera wants it.
const TABLE = 'ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin'

/** The table of the versions, there before any other. */
export const SCHEMA_VERSION = `
  CREATE TABLE IF NOT EXISTS schema_version (
    one TINYINT NOT NULL PRIMARY KEY,
    version INT NOT NULL,
    min_reader INT NOT NULL,
    checked BIGINT NOT NULL
  ) ${TABLE}`

/** Every version of the schema, oldest first. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    minReader: 1,
    statements: [
      `CREATE TABLE IF NOT EXISTS facts (
        sha256 BINARY(32) NOT NULL,
        recipe VARCHAR(100) NOT NULL,
        content LONGTEXT NOT NULL,
        has_within TINYINT NOT NULL,
        saved BIGINT NOT NULL,
        PRIMARY KEY (sha256, recipe)
      ) ${TABLE}`,
      // The key is a digest of all that identifies an analysis: short, and the order in which rows are locked.
      `CREATE TABLE IF NOT EXISTS analysis (
        id BINARY(32) NOT NULL PRIMARY KEY,
        sha256 BINARY(32) NOT NULL,
        analyzer VARCHAR(255) NOT NULL,
        options VARCHAR(255) NOT NULL,
        revision VARCHAR(2000) NOT NULL,
        state VARCHAR(16) NOT NULL,
        owner VARCHAR(100) NOT NULL,
        token BIGINT NOT NULL,
        lease_until BIGINT NOT NULL,
        attempts INT NOT NULL,
        marker VARCHAR(255) NOT NULL,
        task_id VARCHAR(255) NOT NULL,
        report LONGTEXT,
        cause VARCHAR(100) NOT NULL,
        updated BIGINT NOT NULL,
        KEY analysis_digest (sha256)
      ) ${TABLE}`,
      `CREATE TABLE IF NOT EXISTS story (
        id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
        ref VARCHAR(100) NOT NULL,
        story_key VARCHAR(255) NOT NULL,
        first_seen BIGINT NOT NULL,
        newest_try BIGINT NOT NULL,
        tried BIGINT NOT NULL,
        is_over TINYINT NOT NULL,
        facts LONGTEXT NOT NULL,
        outcome LONGTEXT NOT NULL,
        UNIQUE KEY story_ref (ref),
        KEY story_open (story_key, is_over, id)
      ) ${TABLE}`,
      `CREATE TABLE IF NOT EXISTS story_try (
        id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
        story BIGINT NOT NULL,
        queue_id VARCHAR(255) NOT NULL,
        at BIGINT NOT NULL,
        state VARCHAR(16) NOT NULL,
        recipients LONGTEXT NOT NULL,
        answer LONGTEXT NOT NULL,
        KEY story_try_story (story, id),
        KEY story_try_queue (queue_id, story)
      ) ${TABLE}`,
      `CREATE TABLE IF NOT EXISTS story_sample (
        story BIGINT NOT NULL,
        position INT NOT NULL,
        sha256 BINARY(32) NOT NULL,
        sample LONGTEXT NOT NULL,
        PRIMARY KEY (story, position),
        KEY story_sample_digest (sha256, story)
      ) ${TABLE}`,
    ],
  },
  {
    version: 2,
    minReader: 1,
    statements: [
      'ALTER TABLE facts ADD COLUMN IF NOT EXISTS used BIGINT NOT NULL DEFAULT 0',
      'UPDATE facts SET used = saved WHERE used = 0',
      'CREATE INDEX IF NOT EXISTS facts_used ON facts (used)',
      "ALTER TABLE story ADD COLUMN IF NOT EXISTS ended VARCHAR(16) NOT NULL DEFAULT ''",
      `UPDATE story s JOIN story_try t ON t.id = s.newest_try
        SET s.ended = IF(JSON_VALUE(t.answer, '$.disposition') IN ('accept', 'tag', 'redirect'), 'accepted', 'other')
        WHERE s.is_over = 1 AND s.ended = ''`,
      'CREATE INDEX IF NOT EXISTS story_ended ON story (ended, tried)',
      'CREATE INDEX IF NOT EXISTS analysis_lease ON analysis (state, lease_until)',
      'CREATE INDEX IF NOT EXISTS analysis_updated ON analysis (updated)',
      `CREATE TABLE IF NOT EXISTS sighting (
        sha256 BINARY(32) NOT NULL PRIMARY KEY,
        first_seen BIGINT NOT NULL,
        last_seen BIGINT NOT NULL,
        count BIGINT NOT NULL,
        KEY sighting_last (last_seen)
      ) ${TABLE}`,
      `CREATE TABLE IF NOT EXISTS operator_override (
        kind VARCHAR(16) NOT NULL,
        value VARCHAR(255) NOT NULL,
        verdict VARCHAR(16) NOT NULL,
        reason VARCHAR(2000) NOT NULL,
        who VARCHAR(255) NOT NULL,
        made BIGINT NOT NULL,
        until BIGINT NOT NULL,
        PRIMARY KEY (kind, value, verdict)
      ) ${TABLE}`,
    ],
  },
  {
    // Foreign keys, so that what an older node removes takes these rows along.
    version: 3,
    minReader: 1,
    statements: [
      `CREATE TABLE IF NOT EXISTS operator_switch (
        kind VARCHAR(16) NOT NULL,
        name VARCHAR(255) NOT NULL,
        mode VARCHAR(16) NOT NULL,
        reason VARCHAR(2000) NOT NULL,
        who VARCHAR(255) NOT NULL,
        made BIGINT NOT NULL,
        until BIGINT NOT NULL,
        PRIMARY KEY (kind, name)
      ) ${TABLE}`,
      `CREATE TABLE IF NOT EXISTS story_address (
        address VARCHAR(320) NOT NULL,
        part VARCHAR(16) NOT NULL,
        at BIGINT NOT NULL,
        story BIGINT NOT NULL,
        PRIMARY KEY (address, part, at, story),
        KEY story_address_story (story),
        FOREIGN KEY (story) REFERENCES story (id) ON DELETE CASCADE
      ) ${TABLE}`,
      'ALTER TABLE story ADD COLUMN IF NOT EXISTS listed BIGINT NOT NULL DEFAULT 0',
      'ALTER TABLE story ADD COLUMN IF NOT EXISTS is_unlisted TINYINT AS (listed <> newest_try) VIRTUAL',
      'CREATE INDEX IF NOT EXISTS story_unlisted ON story (is_unlisted, id)',
      'CREATE INDEX IF NOT EXISTS story_tried ON story (tried)',
      `CREATE TABLE IF NOT EXISTS analysis_note (
        id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
        analysis BINARY(32) NOT NULL,
        at BIGINT NOT NULL,
        attempt INT NOT NULL,
        cause VARCHAR(100) NOT NULL,
        detail VARCHAR(2000) NOT NULL,
        KEY analysis_note_of (analysis, id),
        FOREIGN KEY (analysis) REFERENCES analysis (id) ON DELETE CASCADE
      ) ${TABLE}`,
      'CREATE INDEX IF NOT EXISTS analysis_state ON analysis (state, updated)',
    ],
  },
  {
    version: 4,
    minReader: 1,
    statements: [
      `CREATE TABLE IF NOT EXISTS held (
        host VARCHAR(255) NOT NULL,
        instance VARCHAR(64) NOT NULL,
        queue_id VARCHAR(64) NOT NULL,
        ref VARCHAR(64) NOT NULL,
        is_over TINYINT NOT NULL,
        at BIGINT NOT NULL,
        updated BIGINT NOT NULL,
        held LONGTEXT NOT NULL,
        PRIMARY KEY (host, instance, queue_id),
        KEY held_open (is_over, at),
        KEY held_ref (ref)
      ) ${TABLE}`,
    ],
  },
  {
    version: 5,
    minReader: 1,
    statements: ['ALTER TABLE analysis ADD COLUMN IF NOT EXISTS begun BIGINT NOT NULL DEFAULT 0'],
  },
]
