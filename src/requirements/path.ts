import { POLICY } from './schema.ts'
import { keyOf, type Shape, type TableShape } from './shape.ts'
import { writeKey } from './tree.ts'

/** What a dotted path of a policy names. */
export interface NamedKey {
  /** As written, but names that an admin chooses (of profiles, servers, domains) are `*`. */
  readonly path: string
  /** Every part of it stands in the schema table. */
  readonly known: boolean
  /** What is expected there; undefined where it is not known. */
  readonly shape: Shape | undefined
}

/** Walks the schema table: `['allowed_permission_profiles', 'acme']` is `allowed_permission_profiles.*`. */
export function keyAt(parts: readonly string[], root: TableShape = POLICY): NamedKey {
  let shape: Shape | undefined = root
  const names: string[] = []
  for (const part of parts) {
    const step: { readonly name: string; readonly shape: Shape | undefined } = stepInto(shape, part)
    names.push(step.name)
    shape = step.shape
  }
  return { path: names.join('.'), known: shape !== undefined, shape }
}

function stepInto(
  shape: Shape | undefined,
  part: string,
): { readonly name: string; readonly shape: Shape | undefined } {
  const unknown = { name: writeKey(part), shape: undefined }
  switch (shape?.kind) {
    case 'table': {
      const key = keyOf(shape, part)
      if (key) return { name: writeKey(key.name), shape: key.shape }
      return shape.rest ? { name: '*', shape: shape.rest } : unknown
    }
    case 'variant': {
      const variant = shape.variants[part]
      return variant ? { name: writeKey(part), shape: variant } : unknown
    }
    case 'tagged':
      for (const one of Object.values(shape.cases)) {
        const key = keyOf(one, part)
        if (key) return { name: writeKey(key.name), shape: key.shape }
      }
      return unknown
    case 'either':
      for (const option of shape.options) {
        const found = stepInto(option, part)
        if (found.shape) return found
      }
      return unknown
    // `[[remote_sandbox_config]]`: what stands under it belongs to its items.
    case 'list':
      return stepInto(shape.of, part)
    case 'anything':
      return { name: writeKey(part), shape }
    default:
      return unknown
  }
}

/** The values that a place allows, for an enumeration or a list of one; empty where any value may stand. */
export function valuesAt(shape: Shape | undefined): readonly string[] {
  if (shape?.kind === 'enum') return shape.values.map(({ value }) => value)
  return shape?.kind === 'list' ? valuesAt(shape.of) : []
}
