import type { Work } from '#kernel/work.ts'

/**
 * Which of some ids are referred to, by the owner of the references. Asked again in the transaction that drops the others,
 * so nothing that came to be used meanwhile is lost.
 */
export interface InUse {
  readonly texts: (ids: readonly string[]) => Work<ReadonlySet<string>>
  readonly raws: (ids: readonly string[]) => Work<ReadonlySet<string>>
}
