import { z } from 'zod'

/** The smallest value that a schema takes, made from its JSON Schema: for asking every route with a body that is not what it stumbles over. */
export function sampleOf(schema: z.ZodType): unknown {
  return sample(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Node)
}

interface Node {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Node[]
  readonly oneOf?: readonly Node[]
  readonly properties?: Readonly<Record<string, Node>>
  readonly required?: readonly string[]
  readonly items?: Node
  readonly minItems?: number
  readonly minLength?: number
  readonly minimum?: number
  readonly format?: string
  readonly pattern?: string
}

const address = 'nobody@acme.example'
/** One of each form that texts have here: an address, a URL, the stamp of a snapshot. */
const texts: readonly string[] = [address, 'https://acme.example/docs', '2026-01-05-0900']

/** The texts stand for a form that is asked for; where none is, a single letter is smaller. */
function fits(text: string, { format, pattern }: Node): boolean {
  if (format === 'email') return text === address
  if (format === 'uri') return text.startsWith('https:')
  return (
    pattern !== undefined &&
    !new RegExp(pattern, 'u').test('x') &&
    new RegExp(pattern, 'u').test(text)
  )
}

function sample(node: Node): unknown {
  if (node.const !== undefined) return node.const
  if (node.enum) return node.enum[0]
  const [variant] = node.anyOf ?? node.oneOf ?? []
  if (variant) return sample(variant)
  switch (node.type) {
    case 'object':
      return Object.fromEntries(
        (node.required ?? []).map((name) => [
          name,
          // An address that is trimmed and lower-cased first loses its format in the JSON Schema.
          name === 'email' ? address : sample(node.properties?.[name] ?? {}),
        ]),
      )
    case 'array':
      return Array.from({ length: node.minItems ?? 0 }, () => sample(node.items ?? {}))
    case 'integer':
    case 'number':
      return Math.max(node.minimum ?? 0, 1)
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return texts.find((text) => fits(text, node)) ?? 'x'.repeat(Math.max(node.minLength ?? 1, 1))
  }
}
