import { valueOf, type Pool } from '#kernel/pool.ts'
import { compose, type ComposeOptions, type Layer } from '#requirements/index.ts'
import type { Lookup } from '../lookup/schema.ts'
import type { Composed, ExplainRequest } from './schema.ts'

/** What is delivered behind every policy, by its name. */
export interface Beside {
  readonly name: string
  readonly text: string
}

type Machine = Partial<Pick<ExplainRequest, 'system' | 'legacy' | 'mdm' | 'host' | 'generation'>>

interface Task {
  readonly layers: readonly Layer[]
  readonly options: ComposeOptions
}

/** The same measure as for the check: longer texts are read in a thread. */
const large = 64 * 1024

/** What is in force where this policy is delivered to a machine with these files; they are not kept. */
export function composedFor(
  pool: Pool,
  policy: Lookup['policy'],
  beside: Beside | null,
  machine: Machine = {},
): Composed | Promise<Composed> {
  const task = taskOf(policy, beside, machine)
  const length = task.layers.reduce((sum, { text }) => sum + text.length, 0)
  if (length < large) return composeTask(task)
  return pool
    .run<typeof composeTask>(new URL(import.meta.url), 'composeTask', task)
    .then((result) => valueOf(result))
}

function taskOf(policy: Lookup['policy'], beside: Beside | null, machine: Machine): Task {
  const layers: Layer[] = []
  if (policy !== null) {
    const { name, text, id, version } = policy
    layers.push({ kind: 'delivered', name: `${name} v${version}`, text, policyId: id, version })
  }
  if (beside !== null) layers.push({ kind: 'delivered', ...beside })
  for (const [kind, name] of FILES) {
    const text = machine[kind]
    if (text !== undefined) layers.push({ kind, name, text })
  }
  const { host, generation } = machine
  return {
    layers,
    options: { ...(host === undefined ? {} : { host }), ...(generation && { generation }) },
  }
}

const FILES = [
  ['mdm', 'device management'],
  ['legacy', '/etc/codex/managed_config.toml'],
  ['system', '/etc/codex/requirements.toml'],
] as const

/** Run in a thread where the texts are long. */
export function composeTask({ layers, options }: Task): Composed {
  const { generation, order, keys, errors, layers: composed } = compose(layers, options)
  return {
    generation,
    order: [...order],
    layers: composed.map(({ kind, name, policyId, version, dropped }) => ({
      kind,
      name,
      ...(policyId === undefined ? {} : { policyId }),
      ...(version === undefined ? {} : { version }),
      dropped: [...dropped],
    })),
    keys: keys.map(({ path, from, beat, ...rest }) => ({
      ...rest,
      path: [...path],
      from: [...from],
      beat: [...beat],
    })),
    errors: errors.map(({ layers: at, places, complaint, ...rest }) => ({
      ...rest,
      ...(complaint === undefined ? {} : { complaint }),
      layers: [...at],
      places: places.map(({ layer, line, column }) => ({ layer, line, column })),
    })),
  }
}
