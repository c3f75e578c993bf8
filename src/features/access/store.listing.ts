import { sql, type Expression, type SqlBool } from 'kysely'
import { contains as containsFolded } from '#kernel/like.ts'
import { nameKey } from './identity.ts'

/** True where the folded column contains the text. */
export const contains = (column: string, text: string): Expression<SqlBool> =>
  containsFolded(sql.ref(column), nameKey(text))

/** True for rows after the cursor `[sort value, id]` in the given order: the row-wise comparison, written out. */
export function after(
  sort: Expression<unknown>,
  id: string,
  cursor: readonly (string | number)[],
  direction: 'asc' | 'desc',
): Expression<SqlBool> {
  const [value, lastId] = cursor
  const ref = sql.ref(id)
  return direction === 'asc'
    ? sql<SqlBool>`(${sort} > ${value} or (${sort} = ${value} and ${ref} > ${lastId}))`
    : sql<SqlBool>`(${sort} < ${value} or (${sort} = ${value} and ${ref} < ${lastId}))`
}

/** Takes `-name` apart: by what, and in which direction. */
export function order<K extends string>(
  sort: K,
): readonly [key: K extends `-${infer Base}` ? Base : K, direction: 'asc' | 'desc'] {
  const down = sort.startsWith('-')
  const key = down ? sort.slice(1) : sort
  return [key as K extends `-${infer Base}` ? Base : K, down ? 'desc' : 'asc']
}
