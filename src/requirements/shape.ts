import type { ComplaintCode } from './complaint.ts'

/** Something to say about a value or key that the client accepts, but that an admin should know. */
export interface Caution {
  readonly code: ComplaintCode
  readonly message: string
  readonly effect: string
  readonly remedy: string
  /** The value to put instead, when one replacement is plainly right. */
  readonly instead?: string
}

/** One allowed value of an enumeration. */
export interface Choice {
  readonly value: string
  readonly about?: string
  readonly caution?: Caution
}

/** What the client expects at a place. Tables carry their keys, so that the whole policy is one shape. */
export type Shape =
  | { readonly kind: 'string'; readonly notEmpty?: true }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  | { readonly kind: 'enum'; readonly values: readonly Choice[] }
  | { readonly kind: 'list'; readonly of: Shape; readonly nonEmpty?: true }
  | TableShape
  /** One key out of these, each with its own table. */
  | { readonly kind: 'variant'; readonly variants: Readonly<Record<string, TableShape>> }
  /** A table whose `tag` key says which keys belong to it. */
  | {
      readonly kind: 'tagged'
      readonly tag: string
      readonly cases: Readonly<Record<string, TableShape>>
    }
  /** Any of several shapes of different kinds; the kind of the value says which is meant. */
  | { readonly kind: 'either'; readonly options: readonly Shape[] }
  /** Not looked into. */
  | { readonly kind: 'anything' }

export interface TableShape {
  readonly kind: 'table'
  readonly keys: readonly Key[]
  /** The shape of every key that `keys` does not name: a map. */
  readonly rest?: Shape
  /** What the client does with a key it does not know: skip it, or refuse the whole policy. */
  readonly unknown: 'ignored' | 'refused'
}

/** Where a fact about a key comes from. `client`: seen in the real client 0.169. */
export type Source = 'client' | 'documentation'

/** One key of a table: everything that checking, completion and the reference page need. */
export interface Key {
  readonly name: string
  /** Other spellings the client reads as the same key; two of them together are a duplicate. */
  readonly aliases?: readonly string[]
  readonly shape: Shape
  /** One line in our own words. */
  readonly about: string
  /** First client version or month that has it, where known. */
  readonly since?: string
  readonly required?: true
  /**
   * honoured: works when delivered. local-only: the client drops it from a delivered policy without
   * reading it. refused: the client rejects a policy that has it.
   */
  readonly delivered: 'honoured' | 'local-only' | 'refused'
  readonly source: Source
  /** Said whenever the key is present. */
  readonly caution?: Caution
}

export const text: Shape = { kind: 'string' }
export const words: Shape = { kind: 'string', notEmpty: true }
export const flag: Shape = { kind: 'boolean' }
export const anything: Shape = { kind: 'anything' }

/** A whole number; the client reads sizes and times as unsigned 64-bit, TOML goes up to 2^63 - 1. */
export function whole(min = 0, max = Number.MAX_SAFE_INTEGER): Shape {
  return { kind: 'integer', min, max }
}

export function oneOf(...values: readonly (string | Choice)[]): Shape {
  return { kind: 'enum', values: values.map((v) => (typeof v === 'string' ? { value: v } : v)) }
}

export function list(of: Shape): Shape {
  return { kind: 'list', of }
}

export function filled(of: Shape): Shape {
  return { kind: 'list', of, nonEmpty: true }
}

export function either(...options: readonly Shape[]): Shape {
  return { kind: 'either', options }
}

export function table(...keys: readonly Key[]): TableShape {
  return { kind: 'table', keys, unknown: 'ignored' }
}

/** A table in which a key the client does not know makes it refuse the policy. */
export function strict(...keys: readonly Key[]): TableShape {
  return { kind: 'table', keys, unknown: 'refused' }
}

export function map(of: Shape, ...keys: readonly Key[]): TableShape {
  return { kind: 'table', keys, rest: of, unknown: 'ignored' }
}

type Extra = Partial<Omit<Key, 'name' | 'shape' | 'about'>>

export function key(name: string, shape: Shape, about: string, extra: Extra = {}): Key {
  return { name, shape, about, delivered: 'honoured', source: 'client', ...extra }
}

/** The key of a table under one of its spellings. */
export function keyOf(shape: TableShape, name: string): Key | undefined {
  return shape.keys.find((k) => k.name === name || (k.aliases ?? []).includes(name))
}

/** The key that says which keys a tagged table has. */
export function tagKeyOf(shape: Shape & { readonly kind: 'tagged' }): Key {
  const tags = oneOf(...Object.keys(shape.cases))
  return key(shape.tag, tags, 'It says what the rest of the table means.', { required: true })
}

/** The values of an enumeration, of a list of one, or of the shapes that may stand in one place. */
export function choicesOf(shape: Shape): readonly Choice[] {
  if (shape.kind === 'enum') return shape.values
  if (shape.kind === 'list') return choicesOf(shape.of)
  return shape.kind === 'either' ? shape.options.flatMap(choicesOf) : []
}
