import { checkAgainst, CHECKS } from '../check.ts'
import type { Complaint } from '../complaint.ts'
import { readToml, rulerOf, type Ruler } from '../positions.ts'
import { POLICY } from '../schema.ts'
import { sandboxOfHost } from './host.ts'
import { readLegacy } from './legacy.ts'
import { MACHINE } from './machine.ts'
import { take, type Dropped, type TakenTable } from './taken.ts'
import { isUnreadable } from './unreadable.ts'

/** Where a text that takes part in the composition comes from. */
export type LayerKind = 'delivered' | 'mdm' | 'system' | 'legacy'

/**
 * One text that limits the client. `legacy` is a managed_config.toml, of which three keys count; the others are written
 * as requirements.toml.
 */
export interface Layer {
  readonly kind: LayerKind
  /** As people are shown it: a policy's name, a path. */
  readonly name: string
  readonly text: string
  /** Of a delivered policy. */
  readonly policyId?: string
  readonly version?: number
}

/** A layer that was read and judged by itself; reading is what costs time, so keep it while the text is the same. */
export interface ReadLayer {
  readonly layer: Layer
  /** What the client takes from the text; an empty table where it cannot be read. */
  readonly root: TakenTable
  readonly ruler: Ruler
  readonly complaints: readonly Complaint[]
  /** What the client leaves out of it. */
  readonly dropped: readonly Dropped[]
  /** It is not TOML, or has a value of the wrong kind, so the client refuses before it merges anything. */
  readonly refused: readonly Complaint[]
}

/** @param host the name of the machine, for `remote_sandbox_config`; left out, those blocks stay as they are written. */
export function readLayer(layer: Layer, host?: string): ReadLayer {
  const ruler = rulerOf(layer.text)
  if (layer.kind === 'legacy')
    return { layer, ruler, dropped: [], ...readLegacy(layer.text, ruler) }
  const shape = layer.kind === 'delivered' ? POLICY : MACHINE
  const { complaints } = checkAgainst(layer.text, shape, CHECKS)
  const read = readToml(layer.text)
  if ('unreadable' in read)
    return { layer, ruler, complaints, dropped: [], refused: complaints, root: NOTHING }
  const { root, dropped } = take(read.root, shape, ruler)
  return {
    layer,
    ruler,
    complaints,
    dropped,
    refused: complaints.filter((one) => one.severity === 'error' && isUnreadable(one)),
    root: host === undefined ? root : sandboxOfHost(root, host, ruler),
  }
}

const NOTHING: TakenTable = { kind: 'table', span: { from: 0, to: 0 }, entries: new Map() }
