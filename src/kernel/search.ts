/**
 * Full-text search behind one seam: FTS5 on SQLite, tsvector on PostgreSQL. Words are told apart and folded here, so both
 * engines find the same. An index holds no text, only where its words are: what a number stands for, its owner knows.
 *
 * Its tables begin with `search_`; a backup leaves them out, since they can be made again.
 */
import { sql } from 'kysely'
import { engine, raw, type Work } from './work.ts'

/** Something searched for: these words next to each other, the last one perhaps only the beginning of a word. */
export interface SearchTerm {
  readonly words: readonly string[]
  readonly prefix: boolean
}

/** Words of a line that are looked at; PostgreSQL counts no further than 16,383. */
const mostWords = 16_000
/** Bytes of them all together, with some for where each stands: a tsvector holds 1,048,575. */
const mostBytes = 900_000
const bytesAround = 16
const longestWord = 200
/** Terms of a query that count. */
const mostTerms = 32

/** Signs that are words of their own, as these scripts put nothing between words. */
const word =
  /[[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]&&[\p{L}\p{N}]]|[[\p{L}\p{N}]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]]+/gv

/** The words of a text: letters and digits, without their accents, in lower case. */
export function wordsOf(text: string): readonly string[] {
  const plain = text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  const words: string[] = []
  let bytes = 0
  for (const [found] of plain.matchAll(word)) {
    const cut = found.slice(0, longestWord).replace(/[\ud800-\udbff]$/, '')
    bytes += Buffer.byteLength(cut) + bytesAround
    if (words.length === mostWords || bytes > mostBytes) break
    words.push(cut)
  }
  return words
}

/**
 * What a person typed. All terms must be in a line: words, words that stand together because nothing but signs is between
 * them (`requirements.toml`) or because they are quoted, and beginnings of words (`requir*`). No sign has any other meaning.
 */
export function parseSearch(query: string): readonly SearchTerm[] {
  const terms: SearchTerm[] = []
  for (const [, quoted, star, bare] of query.matchAll(/"([^"]*)(?:"(\*?)|$)|([^\s"]+)/g)) {
    const words = wordsOf(quoted ?? bare ?? '')
    const prefix = star === '*' || (bare?.endsWith('*') ?? false)
    if (words.length > 0 && terms.length < mostTerms) terms.push({ words, prefix })
  }
  return terms
}

const table = (name: string) => sql.table(`search_${name}`)

/** For a migration. `name`: of the index, unique. */
export function* createSearchIndex(name: string): Work<void> {
  if ((yield* engine()) === 'sqlite')
    yield* raw(
      sql`create virtual table ${table(name)} using fts5(words, content='', contentless_delete=1)`,
    )
  else {
    yield* raw(sql`create table ${table(name)} (id bigint primary key, words tsvector not null)`)
    yield* raw(
      sql`create index ${sql.ref(`search_${name}_words`)} on ${table(name)} using gin (words)`,
    )
  }
}

/** What is indexed: a number of at most 2^53 that is not in the index, and its text. */
export interface SearchEntry {
  readonly id: number
  readonly text: string
}

export function* addToSearch(name: string, entries: readonly SearchEntry[]): Work<void> {
  const sqlite = (yield* engine()) === 'sqlite'
  for (let at = 0; at < entries.length; at += entriesAtOnce) {
    const rows = entries.slice(at, at + entriesAtOnce).map(({ id, text }) => {
      const words = wordsOf(text)
      return sqlite
        ? sql`(${BigInt(id)}, ${words.join(' ')})`
        : sql`(${id}, ${words.map((w, i) => `'${w}':${i + 1}`).join(' ')}::tsvector)`
    })
    yield* raw(
      sqlite
        ? sql`insert into ${table(name)} (rowid, words) values ${sql.join(rows)}`
        : sql`insert into ${table(name)} (id, words) values ${sql.join(rows)} on conflict do nothing`,
    )
  }
}
const entriesAtOnce = 500

export function* removeFromSearch(name: string, ids: readonly number[]): Work<void> {
  const sqlite = (yield* engine()) === 'sqlite'
  for (let at = 0; at < ids.length; at += entriesAtOnce) {
    const part = ids.slice(at, at + entriesAtOnce)
    yield* raw(
      sqlite
        ? sql`delete from ${table(name)} where rowid in (${sql.join(part.map(BigInt))})`
        : sql`delete from ${table(name)} where id in (${sql.join(part)})`,
    )
  }
}

/** Which numbers of [from, to) have all the terms, the highest first. */
export function* search(
  name: string,
  query: string,
  { from, to, limit }: { readonly from: number; readonly to: number; readonly limit: number },
): Work<readonly number[]> {
  const terms = parseSearch(query)
  if (terms.length === 0) return []
  const rows: readonly { id: number }[] =
    (yield* engine()) === 'sqlite'
      ? yield* raw(
          sql`select rowid as id from ${table(name)} where words match ${ftsQuery(terms)} and rowid >= ${BigInt(from)} and rowid < ${BigInt(to)} order by rowid desc limit ${limit}`,
        )
      : yield* raw(
          sql`select id from ${table(name)} where words @@ ${tsQuery(terms)}::tsquery and id >= ${from} and id < ${to} order by id desc limit ${limit}`,
        )
  return rows.map(({ id }) => id)
}

/** Words hold letters and digits only, so nothing in them can be taken for syntax. */
const ftsQuery = (terms: readonly SearchTerm[]): string =>
  terms.map(({ words, prefix }) => `"${words.join(' ')}"${prefix ? ' *' : ''}`).join(' AND ')

const tsQuery = (terms: readonly SearchTerm[]): string =>
  terms
    .map(({ words, prefix }) => {
      const quoted = words.map((w) => `'${w}'`)
      return `(${quoted.join(' <-> ')}${prefix ? ':*' : ''})`
    })
    .join(' & ')
