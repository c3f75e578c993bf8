// Several layers of requirements put together as the client does it, and for every key in force its why.
export {
  compose,
  composeRead,
  type ComposedLayer,
  type ComposeOptions,
  type Composition,
} from './compose.ts'
export {
  fold,
  orderOf,
  type Beaten,
  type ComposedKey,
  type Folded,
  type Generation,
  type Origin,
} from './fold.ts'
export { hostMatches } from './host.ts'
export type { CompositionError } from './judge.ts'
export { readLayer, type Layer, type LayerKind, type ReadLayer } from './layer.ts'
export { rowsOf, type ComposedRow, type ShownKey } from './rows.ts'
export type { Dropped } from './taken.ts'
