import { z } from 'zod'

/** Whether Gatehouse puts the address of a request into the justifications of rules when it publishes. */
export const requestAddress = z.object({
  on: z.boolean(),
  site: z.string().describe('Where people open Gatehouse: what the addresses begin with.'),
})
export type RequestAddress = z.infer<typeof requestAddress>
export const requestAddressChange = requestAddress.pick({ on: true })
