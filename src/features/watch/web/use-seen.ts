import { useEffect } from 'react'
import { api } from '#web/kit/index.ts'
import type { Addresses } from './address.ts'

/** The newest snapshot is seen when it is looked at. */
export function useSeen(at: Addresses, stamp: string): void {
  useEffect(() => {
    // Nothing on this screen depends on it; the next visit to the collection does.
    void api.post(`${at.api}/seen`, { body: { stamp } }).catch(() => undefined)
  }, [at.api, stamp])
}
