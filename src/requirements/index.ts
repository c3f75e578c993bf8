// The door of this room: judging a requirements.toml the way the client takes it.
export { checkAgainst, checkRequirements, isPublishable, type Checked } from './check.ts'
export { ruleKey, withAddresses } from './addresses.ts'
export {
  checkDefaults,
  checkPolicy,
  type CheckedPolicy,
  type PolicyTexts,
} from './defaults/check.ts'
export {
  applyFix,
  COMPLAINT_CODES,
  type Complaint,
  type ComplaintCode,
  type Edit,
  type Fix,
  type Severity,
  type Span,
} from './complaint.ts'
export { expects } from './expects.ts'
export { FEATURES, REMOVED_FEATURES } from './features.ts'
export { MAX_BYTES, readToml, rulerOf } from './positions.ts'
export { keyAt, valuesAt, type NamedKey } from './path.ts'
export { readBack, remoteBlockOf, type Json, type JsonTable, type Machine } from './readback.ts'
export { CLIENT_VERSION, POLICY } from './schema.ts'
export { key, list, map, strict, text, words } from './shape.ts'
export type { Choice, Key, Shape, TableShape } from './shape.ts'
export { changedKeys, summarise, type ChangedKey, type SummaryLine } from './summary.ts'
export {
  entriesOf,
  itemsOf,
  nodeAt,
  textOf,
  writePath,
  toPlain,
  type Node,
  type Plain,
  type PlainTable,
} from './tree.ts'
export { completionsAt, type Completion, type Completions } from './assist/complete.ts'
export { hoverAt, type Hover } from './assist/hover.ts'
export { blankOf, readForm, type Control, type Field, type Form } from './edit/form.ts'
export { removeValue, renameKey, setValue, type Edited } from './edit/edit.ts'
export { writeValue } from './edit/write.ts'
export {
  compose,
  composeRead,
  fold,
  hostMatches,
  orderOf,
  readLayer,
  rowsOf,
  type Beaten,
  type ComposedKey,
  type ComposedLayer,
  type ComposedRow,
  type ComposeOptions,
  type Composition,
  type CompositionError,
  type Dropped,
  type Folded,
  type Generation,
  type Layer,
  type LayerKind,
  type Origin,
  type ReadLayer,
  type ShownKey,
} from './compose/index.ts'
export { reference, type ReferenceKey } from './reference.ts'
export { TEMPLATES, type Template } from './templates/index.ts'
export {
  commandRulesOf,
  decideCommand,
  decideDomain,
  decideServer,
  MAX_COMMANDS,
  readCommands,
  replay,
  splitShell,
  type Command,
  type CommandFile,
  type CommandFileProblem,
  type CommandRule,
  type CommandRules,
  type Decision,
  type DomainDecision,
  type DomainRule,
  type McpServer,
  type RecordedCommand,
  type Replay,
  type ReplayChange,
  type RuleMatch,
  type ServerDecision,
  type Verdict,
} from './decide/index.ts'
export { DEFAULTS } from './defaults/schema.ts'
export {
  composeDefaults,
  DEFAULTS_RANKS,
  orderOfDefaults,
  type ComposedDefaults,
  type DefaultsLayer,
} from './defaults/compose.ts'
