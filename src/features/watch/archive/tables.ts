import type { Migration } from '#kernel/migrate.ts'
import { queries, run } from '#kernel/work.ts'

/** The archive of a collection: every line that ever stood in a page once, and texts as edits over their numbers. */
export interface ArchiveTables {
  watch_archives: {
    collection_id: string
    /** Small, for the line index. */
    number: number
    /** Grows with every write; who encodes against an older one encodes again. */
    revision: number
    /** Grows when lines are taken away: a thread that holds the lines then reads them again. */
    epoch: number
    /** Of the encoding that was written last: tells its thread that what it holds is what is here. */
    token: string
    next_line: number
    /** The first line of the chunk that still grows. */
    tail_line: number
  }
  watch_line_chunks: {
    collection_id: string
    first_line: number
    lines: number
    /** Of the lines, not of the compressed data. */
    bytes: number
    /** 1: compressed as well as it goes. */
    squeezed: number
    data: Uint8Array
  }
  watch_texts: {
    id: string
    collection_id: string
    page_key: string
    sha256: Uint8Array
    bytes: number
    lines: number
    base_id: string | null
    /** How many bases are behind it. */
    depth: number
    edits: Uint8Array
  }
  /** Every line that ever stood in a page: where a search begins. */
  watch_page_lines: { collection_id: string; page_key: string; lines: Uint8Array }
  watch_raws: {
    id: string
    collection_id: string
    page_key: string
    sha256: Uint8Array
    bytes: number
    /** The bytes are those of this text. */
    text_id: string | null
    base_id: string | null
    depth: number
    data: Uint8Array | null
  }
}

export const q = queries<ArchiveTables>()

export const archiveTables: readonly Migration[] = [
  {
    name: 'watch-archive-001-lines',
    *up() {
      yield* run(
        q.schema
          .createTable('watch_archives')
          .addColumn('collection_id', 'text', (c) => c.primaryKey())
          .addColumn('number', 'bigint', (c) => c.notNull().unique())
          .addColumn('revision', 'bigint', (c) => c.notNull())
          .addColumn('epoch', 'bigint', (c) => c.notNull())
          .addColumn('token', 'text', (c) => c.notNull())
          .addColumn('next_line', 'bigint', (c) => c.notNull())
          .addColumn('tail_line', 'bigint', (c) => c.notNull()),
      )
      yield* run(
        q.schema
          .createTable('watch_line_chunks')
          .addColumn('collection_id', 'text', (c) => c.notNull())
          .addColumn('first_line', 'bigint', (c) => c.notNull())
          .addColumn('lines', 'bigint', (c) => c.notNull())
          .addColumn('bytes', 'bigint', (c) => c.notNull())
          .addColumn('squeezed', 'bigint', (c) => c.notNull())
          .addColumn('data', 'bytea', (c) => c.notNull())
          .addPrimaryKeyConstraint('watch_line_chunks_key', ['collection_id', 'first_line']),
      )
    },
  },
  {
    name: 'watch-archive-001-texts',
    *up() {
      yield* run(
        q.schema
          .createTable('watch_texts')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('collection_id', 'text', (c) => c.notNull())
          .addColumn('page_key', 'text', (c) => c.notNull())
          .addColumn('sha256', 'bytea', (c) => c.notNull())
          .addColumn('bytes', 'bigint', (c) => c.notNull())
          .addColumn('lines', 'bigint', (c) => c.notNull())
          .addColumn('base_id', 'text')
          .addColumn('depth', 'bigint', (c) => c.notNull())
          .addColumn('edits', 'bytea', (c) => c.notNull())
          .addUniqueConstraint('watch_texts_same', ['collection_id', 'page_key', 'sha256']),
      )
      yield* run(
        q.schema
          .createTable('watch_page_lines')
          .addColumn('collection_id', 'text', (c) => c.notNull())
          .addColumn('page_key', 'text', (c) => c.notNull())
          .addColumn('lines', 'bytea', (c) => c.notNull())
          .addPrimaryKeyConstraint('watch_page_lines_key', ['collection_id', 'page_key']),
      )
    },
  },
  {
    name: 'watch-archive-001-raws',
    *up() {
      yield* run(
        q.schema
          .createTable('watch_raws')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('collection_id', 'text', (c) => c.notNull())
          .addColumn('page_key', 'text', (c) => c.notNull())
          .addColumn('sha256', 'bytea', (c) => c.notNull())
          .addColumn('bytes', 'bigint', (c) => c.notNull())
          .addColumn('text_id', 'text')
          .addColumn('base_id', 'text')
          .addColumn('depth', 'bigint', (c) => c.notNull())
          .addColumn('data', 'bytea')
          .addUniqueConstraint('watch_raws_same', ['collection_id', 'sha256']),
      )
      yield* run(
        q.schema
          .createIndex('watch_raws_page')
          .on('watch_raws')
          .columns(['collection_id', 'page_key', 'id']),
      )
    },
  },
]
