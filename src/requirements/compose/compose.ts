import type { Complaint } from '../complaint.ts'
import { toPlain, type PlainTable } from '../tree.ts'
import { fold, type ComposedKey, type Generation } from './fold.ts'
import { judge, type CompositionError } from './judge.ts'
import { readLayer, type Layer, type ReadLayer } from './layer.ts'
import type { Dropped } from './taken.ts'

/** What is in force on a machine that has these layers, and why. */
export interface Composition {
  readonly generation: Generation
  /** The layers as they were given: indexes here and in `keys` count in this order. */
  readonly layers: readonly ComposedLayer[]
  /** Indexes of the layers, the one that wins first. */
  readonly order: readonly number[]
  /** Every key in force, sorted. */
  readonly keys: readonly ComposedKey[]
  /** All of them as one document, such as a single file would have to say. */
  readonly document: PlainTable
  /** Why the client does not start with these layers; empty when it does. Only of the current generation. */
  readonly errors: readonly CompositionError[]
}

export interface ComposedLayer extends Layer {
  readonly complaints: readonly Complaint[]
  readonly dropped: readonly Dropped[]
}

export interface ComposeOptions {
  /** The name of the machine, for `remote_sandbox_config`. */
  readonly host?: string
  readonly generation?: Generation
}

/**
 * Puts layers together as the client does: each judged alone, then merged key by key. Delivered fragments come in the
 * order of the bundle, highest first; how the other kinds rank is known here. Never throws.
 */
export function compose(
  layers: readonly Layer[],
  { host, generation = 'current' }: ComposeOptions = {},
): Composition {
  return composeRead(
    layers.map((layer) => readLayer(layer, host)),
    generation,
  )
}

/** The same of layers that were read before. */
export function composeRead(
  layers: readonly ReadLayer[],
  generation: Generation = 'current',
): Composition {
  const folded = fold(layers, generation)
  return {
    generation,
    layers: layers.map(({ layer, complaints, dropped }) => ({ ...layer, complaints, dropped })),
    order: folded.order,
    keys: folded.keys.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)),
    document: toPlain(folded.root) as PlainTable,
    errors: generation === 'current' ? judge(layers, folded) : [],
  }
}
