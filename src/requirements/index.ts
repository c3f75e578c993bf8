// The door of this room: judging a requirements.toml the way the client takes it.
export { checkRequirements, isPublishable, type Checked } from './check.ts'
export {
  applyFix,
  COMPLAINT_CODES,
  type Complaint,
  type ComplaintCode,
  type Edit,
  type Fix,
  type Severity,
} from './complaint.ts'
export { expects } from './expects.ts'
export { FEATURES, REMOVED_FEATURES } from './features.ts'
export { MAX_BYTES } from './positions.ts'
export { CLIENT_VERSION, POLICY } from './schema.ts'
export type { Key, Shape, TableShape } from './shape.ts'
export { changedKeys, summarise, type ChangedKey, type SummaryLine } from './summary.ts'
export type { Plain, PlainTable } from './tree.ts'
