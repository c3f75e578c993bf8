import fc from 'fast-check'
import type { Shape, TableShape } from '../shape.ts'
import { writeKey } from '../tree.ts'
import { DEFAULTS } from './schema.ts'

// Documents grown from the table of defaults, for the tests of this room and for asking the real client.

/** Depend on other keys or on files of the machine, so that most of what is grown there would be refused for that. */
const TANGLED = new Set([
  'permissions',
  'default_permissions',
  'model_provider',
  'model_providers',
  'model_catalog_json',
  'model_instructions_file',
  'experimental_compact_prompt_file',
  'profiles',
  'mcp_servers',
  'shell_environment_policy',
])

/**
 * A config.toml as text, some five keys of it.
 * @param slips how many of a hundred values are of some other kind than the table says.
 */
export function arbitraryDefaults(slips = 0): fc.Arbitrary<string> {
  const keys = DEFAULTS.keys.filter(
    ({ name, delivered }) => delivered === 'honoured' && !TANGLED.has(name),
  )
  return fc
    .subarray([...keys], { minLength: 1, maxLength: 6 })
    .chain((chosen) =>
      fc.tuple(
        ...chosen.map(({ name, shape }) => grown(shape, slips).map((v) => `${name} = ${v}\n`)),
      ),
    )
    .map((lines) => lines.join(''))
}

const JUNK = ['3', '-1', '"x"', 'true', '[]', '["x"]', '{ zz = 1 }', '1.5', '""', '70000']
const TEXTS = ['"x"', '"a b"', '"é"', '"https://a.example"', '"/opt/acme"', '""', "'a\"b'"]

function grown(shape: Shape, slips: number): fc.Arbitrary<string> {
  const good = fitting(shape, slips)
  if (slips === 0) return good
  return fc.oneof(
    { weight: 100 - slips, arbitrary: good },
    { weight: slips, arbitrary: fc.constantFrom(...JUNK) },
  )
}

function fitting(shape: Shape, slips: number): fc.Arbitrary<string> {
  switch (shape.kind) {
    case 'string':
      return fc.constantFrom(...TEXTS.filter((text) => shape.notEmpty !== true || text !== '""'))
    case 'boolean':
      return fc.constantFrom('true', 'false')
    case 'integer':
      return fc.constantFrom(...new Set([shape.min, Math.min(30, shape.max)])).map(String)
    case 'enum':
      return fc.constantFrom(...shape.values.map(({ value }) => `"${value}"`))
    case 'list':
      return fc
        .array(grown(shape.of, slips), { maxLength: 2 })
        .map((items) => `[${items.join(', ')}]`)
    case 'either':
      return fc.oneof(...shape.options.map((option) => grown(option, slips)))
    case 'variant':
      return fc
        .constantFrom(...Object.entries(shape.variants))
        .chain(([name, inner]) => grown(inner, slips).map((v) => `{ ${name} = ${v} }`))
    case 'tagged':
      return fc
        .constantFrom(...Object.entries(shape.cases))
        .chain(([name, inner]) =>
          pairs(inner, slips).map(
            (rest) => `{ ${[`${shape.tag} = "${name}"`, ...rest].join(', ')} }`,
          ),
        )
    case 'table':
      return pairs(shape, slips).map((some) => `{ ${some.join(', ')} }`)
    case 'anything':
      return fc.constantFrom('1', '2.5')
  }
}

function pairs(shape: TableShape, slips: number): fc.Arbitrary<readonly string[]> {
  const pair = (name: string, of: Shape): fc.Arbitrary<string> =>
    grown(of, slips).map((value) => `${writeKey(name)} = ${value}`)
  // Switched on without a limit, `rollout_budget` keeps everybody from starting.
  const optional = shape.keys.filter(
    ({ name, delivered, required }) =>
      delivered === 'honoured' && required !== true && name !== 'rollout_budget',
  )
  const required = shape.keys.filter(({ required }) => required === true)
  const { rest } = shape
  return fc
    .tuple(
      fc.tuple(...required.map((key) => pair(key.name, key.shape))),
      fc
        .subarray(optional, { maxLength: Math.min(4, optional.length) })
        .chain((some) => fc.tuple(...some.map((key) => pair(key.name, key.shape)))),
      rest === undefined
        ? fc.constant<string[]>([])
        : fc
            .subarray(['1', '2'], { maxLength: 2 })
            .chain((names) => fc.tuple(...names.map((name) => pair(name, rest)))),
    )
    .map(([must, may, named]) => [...must, ...may, ...named])
}
