import { useApi } from '#web/kit/index.ts'
import { allSnapshots, collection as collectionSchema } from '../schema.ts'
import type { Addresses } from './address.ts'

/** The collection of an address; asked for again every so many milliseconds where that is given. */
export const useCollection = (at: Addresses, every?: number) =>
  useApi(['collections', at.path], at.api, collectionSchema, every === undefined ? {} : { every })

/** Asked for again when the collection has another newest one. */
export function useSnapshots(at: Addresses) {
  const newest = useCollection(at).data?.lastSnapshot?.stamp
  return useApi(['snapshots', at.path, newest], `${at.api}/snapshots/all`, allSnapshots, {
    keep: true,
  })
}
