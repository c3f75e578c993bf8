import { CHECKS } from '../check.ts'
import type { Complaint, ComplaintCode } from '../complaint.ts'
import { conform } from '../conform.ts'
import { REQUIREMENTS } from '../key.complaints.ts'
import { REFUSES_TO_START, type Finding, type Report } from '../report.ts'
import { writePath, type TableNode } from '../tree.ts'
import { fold, type Folded, type Origin } from './fold.ts'
import type { ReadLayer } from './layer.ts'
import { MACHINE, outOfReach } from './machine.ts'
import { isUnreadable } from './unreadable.ts'

/** Why a client that is given these layers does not start. */
export interface CompositionError {
  /**
   * In which step the client finds it: reading one layer; putting the files of the machine together, before it asks for
   * anything; putting the delivered fragments together; putting all together.
   */
  readonly code: 'layer_refused' | 'machine_refused' | 'bundle_refused' | 'together_refused'
  /** What the check calls it; absent where only the layers together show it. */
  readonly complaint?: ComplaintCode
  readonly key: string
  readonly message: string
  readonly remedy: string
  /** The layers that have a part in it, as they were given. */
  readonly layers: readonly number[]
  readonly places: readonly Origin[]
}

/** Every reason for which the client 0.169 refuses these layers, in the order in which it would come to them. */
export function judge(layers: readonly ReadLayer[], folded: Folded): readonly CompositionError[] {
  const alone = layers.flatMap(({ refused, layer }, index) =>
    refused.map((one) => ofLayer(one, index, layer.name)),
  )
  const machine = part(layers, (kind) => kind !== 'delivered')
  const bundle = part(layers, (kind) => kind === 'delivered')
  const errors = [
    ...alone,
    ...judged('machine_refused', layers, machine, refusesToStart),
    ...unreachable(machine),
    ...judged('bundle_refused', layers, bundle, (f) => refusesToStart(f) && isOfBundle(f)),
    ...judged('together_refused', layers, folded, refusesToStart),
  ]
  const seen = new Set<string>()
  return errors.filter(({ complaint, key, layers: at }) => {
    const same = JSON.stringify([complaint, key, at])
    return !seen.has(same) && seen.add(same)
  })
}

function part(
  layers: readonly ReadLayer[],
  takes: (kind: ReadLayer['layer']['kind']) => boolean,
): Folded {
  const kept = layers.flatMap((one, index) => (takes(one.layer.kind) ? [{ one, index }] : []))
  const folded = fold(kept.map(({ one }) => one))
  const back = <T extends Origin>(at: T): T => ({ ...at, layer: kept[at.layer]?.index ?? at.layer })
  const { conflict } = folded
  return {
    ...folded,
    keys: folded.keys.map((key) => ({ ...key, from: key.from.map(back) })),
    ...(conflict === undefined
      ? {}
      : {
          conflict: {
            ...conflict,
            between: [back(conflict.between[0]), back(conflict.between[1])] as const,
          },
        }),
  }
}

function judged(
  code: CompositionError['code'],
  layers: readonly ReadLayer[],
  { root, keys, conflict }: Folded,
  counts: (finding: Finding) => boolean,
): readonly CompositionError[] {
  if (conflict !== undefined) {
    const [a, b] = conflict.between
    const name = (at: Origin): string => layers[at.layer]?.layer.name ?? ''
    return [
      {
        code,
        key: conflict.key,
        message: `${conflict.key} is ${JSON.stringify(a.value)} in ${name(a)} and ${JSON.stringify(b.value)} in ${name(b)}.`,
        remedy: 'Write the same folder in both, or take it out of one.',
        layers: [a.layer, b.layer],
        places: [a, b],
      },
    ]
  }
  return findings(root)
    .filter(counts)
    .map((finding) => ({
      code,
      complaint: finding.code,
      ...errorAt(finding.path, keys),
      message: finding.message,
      remedy: finding.remedy,
    }))
}

function unreachable({ root, keys }: Folded): readonly CompositionError[] {
  const why = outOfReach(root)
  if (why === undefined) return []
  return [
    {
      code: 'machine_refused',
      ...errorAt(why.path, keys),
      message: why.message,
      remedy: why.remedy,
    },
  ]
}

function errorAt(
  path: Finding['path'],
  keys: Folded['keys'],
): Pick<CompositionError, 'key' | 'layers' | 'places'> {
  const places = placesOf(path, keys)
  return { key: writePath(path), layers: [...new Set(places.map(({ layer }) => layer))], places }
}

function findings(root: TableNode): readonly Finding[] {
  const errors: Finding[] = []
  const report: Report = {
    error: (finding) => {
      errors.push(finding)
    },
    warning: () => undefined,
    full: () => true,
    complaints: () => [],
    dialect: REQUIREMENTS,
  }
  conform(root, MACHINE, [], report)
  for (const check of CHECKS) check(root, report)
  return errors
}

/** The keys of a composition that a complaint is about: that one, those below it, or the nearest above. */
function placesOf(path: Finding['path'], keys: Folded['keys']): readonly Origin[] {
  const names = path.filter((step) => typeof step === 'string')
  const index = path.find((step) => typeof step === 'number')
  for (let length = names.length; length > 0; length -= 1) {
    const found = keys.filter((key) => names.slice(0, length).every((n, i) => key.path[i] === n))
    const [only] = found
    const item = index === undefined ? undefined : only?.from[index]
    if (found.length === 1 && only?.gathered === true && item !== undefined) return [item]
    if (found.length > 0) return found.flatMap(({ from }) => from)
  }
  return []
}

const refusesToStart = ({ effect }: Finding): boolean => effect.startsWith(REFUSES_TO_START)

/** Values are judged when everything is together; of the bundle alone, only whether it can be read, and its providers. */
function isOfBundle({ code, path }: Finding): boolean {
  return path[0] === 'model_providers' || isUnreadable({ code, key: writePath(path) })
}

function ofLayer(one: Complaint, layer: number, name: string): CompositionError {
  return {
    code: 'layer_refused',
    complaint: one.code,
    key: one.key,
    message: `${name}: ${one.message}`,
    remedy: one.remedy,
    layers: [layer],
    places: [{ layer, line: one.line, column: one.column }],
  }
}
