import { sql, type Expression, type SqlBool } from 'kysely'

/** `%` and `_` in a searched text mean themselves; the escape is named because only PostgreSQL has one by default. */
const escaped = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&')

/**
 * True where the column contains the text. The column holds folded text (lower case), and so must `text` be:
 * LIKE minds the case on PostgreSQL and not on SQLite.
 */
export function contains(column: Expression<unknown>, text: string): Expression<SqlBool> {
  return sql<SqlBool>`${column} like ${`%${escaped(text)}%`} escape '\\'`
}

/** True where the folded column begins with the folded text. */
export function startsWith(column: Expression<unknown>, text: string): Expression<SqlBool> {
  return sql<SqlBool>`${column} like ${`${escaped(text)}%`} escape '\\'`
}
