/**
 * The schema's history. A migration that was released never changes; a new one is added below. Expand first: add tables and columns that
 * older versions ignore and leave `minReader` alone. Contract one release later: remove what nobody uses any more and raise `minReader`
 * to the version from which on nodes did without, so that older ones refuse to start instead of failing on every mail.
 */
export interface Migration {
  readonly version: number
  /** The oldest version of the schema whose programs may still work on the database after this migration. */
  readonly minReader: number
  readonly sql: string
}

/**
 * The first 52 bits of a digest as a number, from its hex digits: the row id of its facts. One tree of pages is then searched instead of an
 * index and a table; what collides replaces the other, which only costs measuring it again.
 */
const ID_OF_DIGEST = Array.from(
  { length: 13 },
  (_, n) => `((instr('0123456789ABCDEF', substr(hex(sha256), ${n + 1}, 1)) - 1) << ${(12 - n) * 4})`,
).join(' | ')

/** Every version of the schema, oldest first. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    minReader: 1,
    sql: `
      CREATE TABLE facts (
        sha256 BLOB NOT NULL,
        recipe TEXT NOT NULL,
        content TEXT NOT NULL,
        saved INTEGER NOT NULL,
        PRIMARY KEY (sha256, recipe)
      ) STRICT;

      CREATE TABLE analysis (
        sha256 BLOB NOT NULL,
        analyzer TEXT NOT NULL,
        options TEXT NOT NULL,
        revision TEXT NOT NULL,
        state TEXT NOT NULL,
        owner TEXT NOT NULL,
        token INTEGER NOT NULL,
        lease_until INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        marker TEXT NOT NULL,
        task_id TEXT NOT NULL,
        report TEXT,
        cause TEXT NOT NULL,
        updated INTEGER NOT NULL,
        PRIMARY KEY (sha256, analyzer, options, revision)
      ) STRICT;

      CREATE TABLE story (
        id INTEGER PRIMARY KEY,
        ref TEXT NOT NULL UNIQUE,
        key TEXT NOT NULL,
        first_seen INTEGER NOT NULL,
        newest_try INTEGER NOT NULL,
        tried INTEGER NOT NULL,
        is_over INTEGER NOT NULL,
        facts TEXT NOT NULL,
        outcome TEXT NOT NULL
      ) STRICT;
      CREATE INDEX story_open ON story (key, id) WHERE is_over = 0 AND key <> '';

      CREATE TABLE story_try (
        id INTEGER PRIMARY KEY,
        story INTEGER NOT NULL REFERENCES story (id) ON DELETE CASCADE,
        queue_id TEXT NOT NULL,
        at INTEGER NOT NULL,
        state TEXT NOT NULL,
        recipients TEXT NOT NULL,
        answer TEXT NOT NULL
      ) STRICT;
      CREATE INDEX story_try_story ON story_try (story, id);
      CREATE INDEX story_try_queue ON story_try (queue_id, story);

      CREATE TABLE story_sample (
        story INTEGER NOT NULL REFERENCES story (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        sha256 BLOB NOT NULL,
        sample TEXT NOT NULL,
        PRIMARY KEY (story, position)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX story_sample_digest ON story_sample (sha256, story);
    `,
  },
  {
    // Adds only: programs of version 1 go on with `facts`, which the next release removes.
    version: 2,
    minReader: 1,
    sql: `
      CREATE TABLE known (
        id INTEGER PRIMARY KEY,
        sha256 BLOB NOT NULL,
        recipe TEXT NOT NULL,
        content TEXT NOT NULL,
        saved INTEGER NOT NULL,
        used INTEGER NOT NULL
      ) STRICT;
      INSERT OR REPLACE INTO known SELECT ${ID_OF_DIGEST}, sha256, recipe, content, saved, saved FROM facts;
      CREATE INDEX known_used ON known (used);

      ALTER TABLE story ADD COLUMN ended TEXT NOT NULL DEFAULT '';
      UPDATE story SET ended = iif((SELECT answer ->> 'disposition' FROM story_try WHERE id = newest_try)
        IN ('accept', 'tag', 'redirect'), 'accepted', 'other') WHERE is_over = 1;
      CREATE INDEX story_ended ON story (ended, tried);

      CREATE INDEX analysis_submitted ON analysis (lease_until) WHERE state = 'submitted';
      CREATE INDEX analysis_updated ON analysis (updated);

      CREATE TABLE sighting (
        sha256 BLOB PRIMARY KEY,
        first_seen INTEGER NOT NULL,
        last_seen INTEGER NOT NULL,
        count INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX sighting_last ON sighting (last_seen);

      CREATE TABLE override (
        kind TEXT NOT NULL,
        value TEXT NOT NULL,
        verdict TEXT NOT NULL,
        reason TEXT NOT NULL,
        who TEXT NOT NULL,
        made INTEGER NOT NULL,
        until INTEGER NOT NULL,
        PRIMARY KEY (kind, value, verdict)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    // Who sent and got a story, for who looks for it; a story that an older program wrote is listed when somebody looks.
    version: 3,
    minReader: 1,
    sql: `
      CREATE TABLE operator_switch (
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        mode TEXT NOT NULL,
        reason TEXT NOT NULL,
        who TEXT NOT NULL,
        made INTEGER NOT NULL,
        until INTEGER NOT NULL,
        PRIMARY KEY (kind, name)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE story_address (
        address TEXT NOT NULL,
        part TEXT NOT NULL,
        at INTEGER NOT NULL,
        story INTEGER NOT NULL REFERENCES story (id) ON DELETE CASCADE,
        PRIMARY KEY (address, part, at, story)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX story_address_story ON story_address (story);

      ALTER TABLE story ADD COLUMN listed INTEGER NOT NULL DEFAULT 0;
      CREATE INDEX story_unlisted ON story (id) WHERE listed <> newest_try;
      CREATE INDEX story_tried ON story (tried);

      CREATE TABLE analysis_note (
        id INTEGER PRIMARY KEY,
        sha256 BLOB NOT NULL,
        analyzer TEXT NOT NULL,
        options TEXT NOT NULL,
        revision TEXT NOT NULL,
        at INTEGER NOT NULL,
        attempt INTEGER NOT NULL,
        cause TEXT NOT NULL,
        detail TEXT NOT NULL,
        FOREIGN KEY (sha256, analyzer, options, revision)
          REFERENCES analysis (sha256, analyzer, options, revision) ON DELETE CASCADE
      ) STRICT;
      CREATE INDEX analysis_note_of ON analysis_note (sha256, analyzer, options, revision, id);
      CREATE INDEX analysis_state ON analysis (state, updated);
    `,
  },
  {
    // Messages in the hold queue of a mail server; what stays to be done is found without reading what is over.
    version: 4,
    minReader: 1,
    sql: `
      CREATE TABLE held (
        host TEXT NOT NULL,
        instance TEXT NOT NULL,
        queue_id TEXT NOT NULL,
        ref TEXT NOT NULL,
        is_over INTEGER NOT NULL,
        at INTEGER NOT NULL,
        updated INTEGER NOT NULL,
        held TEXT NOT NULL,
        PRIMARY KEY (host, instance, queue_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX held_open ON held (at) WHERE is_over = 0;
      CREATE INDEX held_ref ON held (ref);
    `,
  },
  {
    // Since when an analyzer has had a sample: its age counts across nodes. Those that do not write it count from their take-over.
    version: 5,
    minReader: 1,
    sql: 'ALTER TABLE analysis ADD COLUMN begun INTEGER NOT NULL DEFAULT 0',
  },
]
