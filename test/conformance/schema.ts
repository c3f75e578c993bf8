import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Shape } from '#requirements/index.ts'

/** The parts of JSON Schema that the client writes. */
export interface Node {
  readonly $ref?: string
  readonly anyOf?: readonly Node[]
  readonly oneOf?: readonly Node[]
  readonly properties?: Readonly<Record<string, Node>>
  readonly additionalProperties?: boolean | Node
  readonly items?: Node
  readonly enum?: readonly string[]
  readonly definitions?: Readonly<Record<string, Node>>
}

/** What a client says that it prints of requirements. */
export function readBackSchema(binary: string, folder: string): Node {
  const args = ['app-server', 'generate-json-schema', '--experimental', '--out', folder]
  execFileSync(binary, args, { env: { HOME: folder }, stdio: 'ignore' })
  const file = join(folder, 'v2', 'ConfigRequirementsReadResponse.json')
  return JSON.parse(readFileSync(file, 'utf8')) as Node
}

/** The features a client knows, each with its stage. */
export function featuresOf(binary: string, home: string): ReadonlyMap<string, string> {
  const env = { HOME: home }
  const printed = execFileSync(binary, ['features', 'list'], { env, encoding: 'utf8' })
  const lines = printed.split('\n').map((line) => line.split(/\s{2,}/))
  return new Map(lines.flatMap(([name, stage]) => (name && stage ? [[name, stage] as const] : [])))
}

/** A key, or `key=value`, that only one side has. */
export interface Unlike {
  readonly side: 'client' | 'table'
  readonly path: string
}

/** Compares a definition of the client's schema with a shape of the table, as deep as both go. */
export function unlike(
  schema: Node,
  definition: string,
  shape: Shape | undefined,
  path: string,
): readonly Unlike[] {
  const found: Unlike[] = []
  compare({ $ref: `#/definitions/${definition}` }, shape, path, schema, found)
  return found
}

function compare(
  raw: Node,
  shape: Shape | undefined,
  path: string,
  schema: Node,
  found: Unlike[],
): void {
  const node = resolved(raw, schema)
  if (shape === undefined) return
  const values = valuesOf(node, schema)
  if (shape.kind === 'list' && node.items !== undefined) {
    compare(node.items, shape.of, path, schema, found)
    return
  }
  if (values.length > 0) sameValues(values, shape, path, found)
  if (shape.kind === 'either' || shape.kind === 'variant') {
    alternatives(node, shape, path, schema, found)
    return
  }
  if (shape.kind === 'tagged') {
    for (const [name, inner] of Object.entries(shape.cases)) {
      const chosen = node.oneOf?.find((one) => one.properties?.[shape.tag]?.enum?.includes(name))
      const { [shape.tag]: _tag, ...properties } = chosen?.properties ?? {}
      if (inner.rest === undefined) compare({ properties }, inner, `${path}.${name}`, schema, found)
    }
    return
  }
  if (shape.kind !== 'table') return
  if (typeof node.additionalProperties === 'object' && shape.rest !== undefined)
    compare(node.additionalProperties, shape.rest, `${path}.*`, schema, found)
  if (node.properties !== undefined) sameKeys(node.properties, shape, path, schema, found)
}

function alternatives(
  node: Node,
  shape: Shape & { readonly kind: 'either' | 'variant' },
  path: string,
  schema: Node,
  found: Unlike[],
): void {
  if (shape.kind === 'either') {
    for (const option of shape.options)
      if (option.kind === 'variant') alternatives(node, option, path, schema, found)
    return
  }
  const tables = (node.oneOf ?? []).flatMap((one) => Object.entries(one.properties ?? {}))
  for (const [name, inner] of tables)
    compare(inner, shape.variants[name], join2(path, name), schema, found)
  for (const name of Object.keys(shape.variants))
    if (!tables.some(([other]) => other === name))
      found.push({ side: 'table', path: join2(path, name) })
}

/** Names as either side spells them: `timeoutSec` is `timeout` in a document, and `bundleIds` is `bundle_ids`. */
const squashed = (name: string): string =>
  name.replace(/Sec$/, '').replace(/[_-]/g, '').toLowerCase()

function sameKeys(
  properties: Readonly<Record<string, Node>>,
  shape: Shape & { readonly kind: 'table' },
  path: string,
  schema: Node,
  found: Unlike[],
): void {
  const names = new Set(Object.keys(properties).map(squashed))
  for (const [name, inner] of Object.entries(properties)) {
    const key = shape.keys.find((k) => squashed(k.name) === squashed(name))
    if (key === undefined) found.push({ side: 'client', path: join2(path, name) })
    else compare(inner, key.shape, join2(path, key.name), schema, found)
  }
  for (const key of shape.keys)
    if (!names.has(squashed(key.name))) found.push({ side: 'table', path: join2(path, key.name) })
}

function sameValues(values: readonly string[], shape: Shape, path: string, found: Unlike[]): void {
  const ours = choicesOf(shape)
  if (ours.length === 0) return
  for (const value of values)
    if (!ours.includes(value)) found.push({ side: 'client', path: `${path}=${value}` })
  for (const value of ours)
    if (!values.includes(value)) found.push({ side: 'table', path: `${path}=${value}` })
}

function choicesOf(shape: Shape): readonly string[] {
  if (shape.kind === 'enum') return shape.values.map(({ value }) => value)
  return shape.kind === 'either' ? shape.options.flatMap(choicesOf) : []
}

function valuesOf(node: Node, schema: Node): readonly string[] {
  return node.enum ?? (node.oneOf ?? []).flatMap((one) => resolved(one, schema).enum ?? [])
}

function resolved(node: Node, schema: Node): Node {
  if (node.$ref !== undefined) {
    const name = node.$ref.split('/').at(-1) ?? ''
    return resolved(schema.definitions?.[name] ?? {}, schema)
  }
  // `anyOf` of something and null.
  const [only, other] = (node.anyOf ?? []).filter((one) => one.$ref !== undefined)
  return only !== undefined && other === undefined ? resolved(only, schema) : node
}

const join2 = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)
