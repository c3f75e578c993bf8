/** A value as JSON: what the client prints. */
export type Json = string | number | boolean | null | readonly Json[] | JsonTable
export interface JsonTable {
  readonly [key: string]: Json
}
