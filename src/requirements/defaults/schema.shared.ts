import { POLICY } from '../schema.ts'
import { keyOf, type Key, type Shape } from '../shape.ts'

/** The shape that a key has in requirements.toml, where the client reads both files by the same structure. */
export function ofPolicy(...path: readonly string[]): Shape {
  let shape: Shape = POLICY
  for (const name of path) {
    const key: Key | undefined = shape.kind === 'table' ? keyOf(shape, name) : undefined
    if (key === undefined) throw new Error(`requirements.toml has no ${path.join('.')}`)
    shape = key.shape
  }
  return shape
}
