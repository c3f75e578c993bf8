import { BALANCED } from './balanced.ts'
import { CI_RUNNERS } from './ci-runners.ts'
import { LOCKED_DOWN } from './locked-down.ts'
import { REGULATED } from './regulated.ts'
import type { Template } from './template.ts'

/** Policies to start from, strictest first. Each opens a session in the client 0.169. */
export const TEMPLATES: readonly Template[] = [LOCKED_DOWN, REGULATED, BALANCED, CI_RUNNERS]

export type { Template }
