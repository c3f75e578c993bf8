import { documentedKeys, type DocumentedKey } from './find.ts'

/** Runs in a thread (kernel/pool): what each of these texts documents. */
export function findKeys(texts: readonly string[]): readonly (readonly DocumentedKey[])[] {
  return texts.map(documentedKeys)
}
