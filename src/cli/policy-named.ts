import type { Policy } from '#features/policies/schema.ts'
import { ApiRefusal, everything } from './api.ts'

/** A policy by its name or id. */
export async function policyNamed(name: string): Promise<Policy> {
  const all = await everything<Policy>('/api/v1/policies')
  const found = all.find((p) => p.id === name || p.name.toLowerCase() === name.toLowerCase())
  if (!found) throw new ApiRefusal(`There is no policy ${name}. See: gatehouse policy list`)
  return found
}
