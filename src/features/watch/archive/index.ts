/** The store of everything watched: raw bytes and texts in all their versions, and what was ever written in a line. */
export { archiveMigrations } from './migrations.ts'
export {
  encodeTexts,
  isOutdated,
  storeTexts,
  writeTexts,
  type Encoded,
  type NewVersions,
  type WrittenPage,
} from './encode.ts'
export { storableText } from './lines.ts'
export { readLines, readManyIds, readText } from './read.ts'
export { sizes, type Sizes } from './sizes.ts'
export { squeeze } from './squeeze.ts'
export { encodeRaw, readRaw, writeRaw, type EncodedRaw, type NewRaw } from './raws.ts'
export { verifyArchive, type Damaged } from './verify.ts'
export { dropArchive, forget, type Forgotten } from './forget.ts'
export type { InUse } from './in-use.ts'
export { indexLines, searchLines, whereLines, type FoundLine, type LinePlace } from './search.ts'
